// The table of a sweep: sorted by a column, fifty rows a leaf. Without this script the first rows stand
// there as written.
(() => {
  'use strict';
  const section = document.querySelector('.sweep');
  const data = JSON.parse(section.querySelector('script.sweep-data').textContent);
  const [body, headings] = [section.querySelector('tbody'), [...section.querySelectorAll('thead th')]];
  const LEAF = 50;
  const { size, step } = data;
  const text = data.columns.map((column) => {
    if (column.labels) {
      return (row) => column.labels[Math.floor(row * step / column.stride) % column.labels.length];
    }
    return column.values ? (row) => column.values[row] ?? '' : (row) => row * step;
  });
  // What a column is sorted by: numbers as numbers, words as words, nothing last.
  const keys = data.columns.map((column, k) => {
    const all = Array.from({ length: size }, (_, row) => text[k](row));
    return column.words ? all : all.map((cell) => (cell === '' ? NaN : Number(cell)));
  });
  let order = Array.from({ length: size }, (_, row) => row);
  let [sorted, direction, leaf] = [-1, 1, 0];

  function compare(a, b) {
    const [x, y] = [keys[sorted][a], keys[sorted][b]];
    if (typeof x === 'string') return (x < y ? -1 : Number(x > y)) * direction || a - b;
    if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y) || a - b;
    return (x - y) * direction || a - b;
  }

  /** A number as in print. */
  function print(value) {
    if (value === '') return '–';
    const [mantissa, power] = String(value).replace('-', '−').split('e');
    if (power === undefined) return mantissa;
    const raised = power.replace('+', '').replace(/[-−]/, '⁻').replace(/\d/g, (d) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[d]);
    return `${mantissa} × 10${raised}`;
  }

  const bar = document.createElement('div');
  bar.className = 'leaf';
  const where = document.createElement('span');
  where.setAttribute('role', 'status');
  const buttons = [['First', () => 0], ['Previous', () => leaf - 1], ['Next', () => leaf + 1],
    ['Last', () => Math.ceil(size / LEAF) - 1]].map(([name, to]) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = name;
    button.addEventListener('click', () => { leaf = to(); show(); });
    return button;
  });
  bar.append(...buttons, where);

  function show() {
    const leaves = Math.max(1, Math.ceil(size / LEAF));
    leaf = Math.min(Math.max(leaf, 0), leaves - 1);
    const rows = order.slice(leaf * LEAF, (leaf + 1) * LEAF).map((row) => {
      const line = document.createElement('tr');
      data.columns.forEach((column, k) => {
        const cell = document.createElement('td');
        if (!column.words) cell.className = 'n';
        const value = text[k](row);
        cell.textContent = column.words ? value : print(value);
        line.append(cell);
      });
      return line;
    });
    body.replaceChildren(...rows);
    buttons.slice(0, 2).forEach((button) => { button.disabled = leaf === 0; });
    buttons.slice(2).forEach((button) => { button.disabled = leaf === leaves - 1; });
    where.textContent = `rows ${leaf * LEAF + 1} to ${Math.min(size, (leaf + 1) * LEAF)} of ${size}`;
  }

  headings.forEach((heading, k) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener('click', () => {
      direction = sorted === k ? -direction : 1;
      sorted = k;
      headings.forEach((other) => other.removeAttribute('aria-sort'));
      heading.setAttribute('aria-sort', direction > 0 ? 'ascending' : 'descending');
      order.sort(compare);
      leaf = 0;
      show();
    });
  });
  if (size > LEAF) section.querySelector('.scroll').after(bar);
  section.querySelectorAll('.without-script').forEach((element) => element.remove());
  show();
})();
