// What a pointer, a finger or the keyboard reads from a figure. Without this script nothing is missing
// but the readout.
(() => {
  'use strict';

  const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

  /** Five significant digits, as in print. */
  function print(value) {
    if (value === null || !Number.isFinite(value)) return '–';
    if (value === 0) return '0';
    const exponent = Math.floor(Math.log10(Math.abs(value)));
    if (exponent >= -3 && exponent < 6) {
      return String(Number(value.toPrecision(5))).replace('-', '−');
    }
    const [mantissa, power] = value.toExponential(4).split('e');
    const raised = power.replace('+', '').replace('-', '⁻').replace(/\d/g, (d) => SUPERSCRIPTS[d]);
    return `${String(Number(mantissa)).replace('-', '−')} × 10${raised}`;
  }

  const withUnit = (value, unit) => print(value) + (unit && unit !== '1' && value !== null ? ` ${unit}` : '');

  /** The value at a part (0 to 1) of a scale, and the part at a value. */
  const valueAt = (scale, part) => (scale.logarithmic
    ? scale.low * (scale.high / scale.low) ** part
    : scale.low + (scale.high - scale.low) * part);
  const partAt = (scale, value) => (scale.logarithmic
    ? Math.log(value / scale.low) / Math.log(scale.high / scale.low)
    : (value - scale.low) / (scale.high - scale.low));

  const clamp = (x, low, high) => Math.min(Math.max(x, low), high);

  /** The ordinate of a curve at an abscissa, linear between points as they are drawn; null beside it. */
  function interpolate(points, x, scales) {
    if (!points.length || x < points[0][0] || x > points[points.length - 1][0]) return null;
    let [low, high] = [0, points.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (points[middle][0] <= x) low = middle; else high = middle;
    }
    const [a, b] = [points[low], points[high]];
    if (a[1] === null || b[1] === null) return null;
    const [from, to] = [partAt(scales.x, a[0]), partAt(scales.x, b[0])];
    const weight = to > from ? clamp((partAt(scales.x, x) - from) / (to - from), 0, 1) : 0;
    const y = partAt(scales.y, a[1]) * (1 - weight) + partAt(scales.y, b[1]) * weight;
    if (weight === 0) return a[1];
    return Number.isFinite(y) ? valueAt(scales.y, y) : null;
  }

  /** For each kind of area: what it says at parts u (from the left) and v (from below), and its step. */
  const KINDS = {
    curves(area) {
      return {
        step: [0.01, 0],
        read(u) {
          const x = valueAt(area.x, u);
          const rows = area.curves.map((curve) => [curve.name, interpolate(curve.points, x, area)]);
          const dots = rows.filter((row) => row[1] !== null).map((row) => [u, partAt(area.y, row[1])]);
          const shown = rows.filter((row) => row[1] !== null).slice(0, 12);
          return {
            head: `${area.x.name} ${withUnit(x, area.x.unit)}`,
            rows: shown.map(([name, value]) => [name || area.y.name, withUnit(value, area.y.unit)]),
            cross: [u, null], dots,
          };
        },
      };
    },
    grid(area) {
      const { columns, rows } = area;
      return {
        step: [1 / columns, 1 / rows],
        read(u, v) {
          const [i, j] = [clamp(Math.floor(u * columns), 0, columns - 1), clamp(Math.floor(v * rows), 0, rows - 1)];
          const value = area.values[j * columns + i];
          const at = [valueAt(area.x, (i + 0.5) / columns), valueAt(area.y, (j + 0.5) / rows)];
          const place = [[area.x, at[0]], [area.y, at[1]]];
          return {
            head: value === null ? 'nothing here' : `${area.name} ${withUnit(value, area.unit)}`,
            rows: place.map(([scale, x]) => [scale.name, withUnit(x, scale.unit)]),
            cross: [(i + 0.5) / columns, (j + 0.5) / rows], dots: [],
          };
        },
      };
    },
    cells(area) {
      const [columns, rows] = [area.x.length, area.y.length];
      return {
        step: [1 / columns, 1 / rows],
        read(u, v) {
          const [i, j] = [clamp(Math.floor(u * columns), 0, columns - 1), clamp(Math.floor(v * rows), 0, rows - 1)];
          const value = area.values[j * columns + i];
          return {
            head: value === null ? 'no value' : `${area.name} ${withUnit(value, area.unit)}`,
            rows: [[area.x_name, area.x[i]], [area.y_name, area.y[j]]],
            cross: [(i + 0.5) / columns, (j + 0.5) / rows], dots: [],
          };
        },
      };
    },
    points(area) {
      const placed = area.points.map(([x, y]) => [partAt(area.x, x), partAt(area.y, y)]);
      return {
        step: [0.02, 0.02],
        read(u, v) {
          let [nearest, least] = [0, Infinity];
          placed.forEach(([a, b], k) => {
            const distance = ((a - u) * area.frame[2]) ** 2 + ((b - v) * area.frame[3]) ** 2;
            if (distance < least) [nearest, least] = [k, distance];
          });
          const [x, y] = area.points[nearest];
          return {
            head: area.names[nearest],
            rows: [[area.x.name, withUnit(x, area.x.unit)], [area.y.name, withUnit(y, area.y.unit)]],
            cross: placed[nearest], dots: [placed[nearest]],
          };
        },
      };
    },
  };

  let count = 0;

  function enliven(figure) {
    const [plot, data] = [figure.querySelector('.plot'), figure.querySelector('script.readout-data')];
    const svg = plot.querySelector('svg');
    const areas = JSON.parse(data.textContent).filter((area) => area.kind in KINDS)
      .map((area) => ({ frame: area.frame, ...KINDS[area.kind](area) }));
    if (!areas.length) return;
    const box = document.createElement('div');
    box.className = 'readout';
    box.hidden = true;
    const said = document.createElement('p');
    said.className = 'aside';
    said.setAttribute('role', 'status');
    plot.append(box);
    figure.append(said);
    plot.tabIndex = 0;
    plot.setAttribute('role', 'group');
    count += 1;
    plot.setAttribute('aria-label', `Figure ${count}; arrow keys read values, Escape ends`);
    const marks = document.createElementNS(svg.namespaceURI, 'g');
    marks.setAttribute('pointer-events', 'none');
    svg.append(marks);
    let now = null;

    function draw(tag, attributes) {
      const element = document.createElementNS(svg.namespaceURI, tag);
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
      marks.append(element);
    }

    function hide() {
      box.hidden = true;
      marks.replaceChildren();
      now = null;
    }

    /** Shows what stands at parts u, v of an area; `aloud` for readers of screens. */
    function show(area, u, v, aloud) {
      now = { area, u: clamp(u, 0, 1), v: clamp(v, 0, 1) };
      const { head, rows, cross, dots } = area.read(now.u, now.v);
      const [left, top, width, height] = area.frame;
      const place = ([a, b]) => [left + a * width, top + (1 - b) * height];
      marks.replaceChildren();
      const line = { stroke: '#111', 'stroke-width': 1, 'stroke-dasharray': '3 2', 'stroke-opacity': 0.75 };
      const x = left + cross[0] * width;
      draw('line', { x1: x, x2: x, y1: top, y2: top + height, ...line });
      if (cross[1] !== null) {
        const y = top + (1 - cross[1]) * height;
        draw('line', { x1: left, x2: left + width, y1: y, y2: y, ...line });
      }
      for (const dot of dots.filter((d) => d[1] >= -0.01 && d[1] <= 1.01)) {
        const [cx, cy] = place(dot);
        draw('circle', { cx, cy, r: 3.2, fill: 'white', stroke: '#111', 'stroke-width': 1.4 });
      }
      box.replaceChildren();
      const first = document.createElement('b');
      first.textContent = head;
      box.append(first);
      for (const [name, value] of rows) {
        const row = document.createElement('span');
        for (const text of [name, value]) {
          const cell = document.createElement('i');
          cell.style.fontStyle = 'normal';
          cell.textContent = text;
          row.append(cell);
        }
        box.append(row);
      }
      box.hidden = false;
      const [outer, drawn] = [plot.getBoundingClientRect(), svg.getBoundingClientRect()];
      const scale = drawn.width / svg.viewBox.baseVal.width;
      const at = drawn.left - outer.left + plot.scrollLeft + x * scale;
      const [low, high] = [plot.scrollLeft, plot.scrollLeft + plot.clientWidth];
      const beside = at + 14 + box.offsetWidth > high ? at - 14 - box.offsetWidth : at + 14;
      box.style.left = `${clamp(beside, low, Math.max(low, high - box.offsetWidth))}px`;
      const up = (top + (1 - now.v) * height) * scale - box.offsetHeight / 2;
      box.style.top = `${clamp(up, 0, Math.max(0, plot.clientHeight - box.offsetHeight))}px`;
      if (aloud) said.textContent = [head, ...rows.map((row) => row.join(' '))].join('; ');
    }

    function follow(event) {
      const drawn = svg.getBoundingClientRect();
      const scale = svg.viewBox.baseVal.width / drawn.width;
      const [x, y] = [(event.clientX - drawn.left) * scale, (event.clientY - drawn.top) * scale];
      const area = areas.find(({ frame: [left, top, width, height] }) => (
        x >= left - 4 && x <= left + width + 4 && y >= top && y <= top + height));
      if (!area) return hide();
      const [left, top, width, height] = area.frame;
      return show(area, (x - left) / width, 1 - (y - top) / height, false);
    }

    plot.addEventListener('pointermove', follow);
    plot.addEventListener('pointerdown', follow);
    plot.addEventListener('pointerleave', (event) => { if (event.pointerType === 'mouse') hide(); });
    plot.addEventListener('blur', hide);
    plot.addEventListener('keydown', (event) => {
      const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
      if (event.key === 'Escape') return hide();
      const move = moves[event.key];
      if (!move || event.ctrlKey || event.metaKey || event.altKey) return undefined;
      event.preventDefault();
      const far = event.shiftKey ? 10 : 1;
      let { area, u, v } = now || { area: areas[0], u: 0.5, v: 0.5 };
      if (now && area.step[1] === 0 && move[1] !== 0) {
        // Up and down go from panel to panel.
        area = areas[clamp(areas.indexOf(area) - move[1], 0, areas.length - 1)];
      } else if (now) {
        u += move[0] * far * area.step[0];
        v += move[1] * far * area.step[1];
      }
      return show(area, u, v, true);
    });
  }

  document.querySelectorAll('figure').forEach((figure) => {
    if (figure.querySelector('script.readout-data')) enliven(figure);
  });

  // Paper shows what is folded away on the screen.
  addEventListener('beforeprint', () => {
    document.querySelectorAll('details').forEach((details) => { details.open = true; });
  });
})();
