//! A Gmsh file that a test writes.

use std::fmt::Write;

/// Two cubes of 10 um side by side along x, each of `n` cells along a side: regions `left` and `right`, between them
/// `joint`; below `bottom` of the left one alone, above `top` of both.
pub fn two_bricks(n: usize) -> String {
    let node = |i: usize, j: usize, k: usize| 1 + i + (2 * n + 1) * (j + (n + 1) * k);
    let mut text = String::from("$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$PhysicalNames\n5\n");
    text += "3 1 \"left\"\n3 2 \"right\"\n2 3 \"joint\"\n2 4 \"bottom\"\n2 5 \"top\"\n$EndPhysicalNames\n";
    let _ = writeln!(text, "$Nodes\n{}", (2 * n + 1) * (n + 1) * (n + 1));
    let step = 10.0 / n as f64;
    for (k, j) in (0..=n).flat_map(|k| (0..=n).map(move |j| (k, j))) {
        for i in 0..=2 * n {
            let [x, y, z] = [i, j, k].map(|at| at as f64 * step);
            let _ = writeln!(text, "{} {x} {y} {z}", node(i, j, k));
        }
    }
    let mut elements = Vec::new();
    let mut add = |code: usize, group: usize, nodes: &[usize]| {
        let nodes: Vec<String> = nodes.iter().map(usize::to_string).collect();
        let number = elements.len() + 1;
        elements.push(format!("{number} {code} 2 {group} {group} {}", nodes.join(" ")));
    };
    for (k, j) in (0..n).flat_map(|k| (0..n).map(move |j| (k, j))) {
        let square = |i: usize, k: usize| {
            [node(i, j, k), node(i + 1, j, k), node(i + 1, j + 1, k), node(i, j + 1, k)]
        };
        for i in 0..2 * n {
            add(5, if i < n { 1 } else { 2 }, &[square(i, k), square(i, k + 1)].concat());
            if k == 0 && i < n {
                add(3, 4, &square(i, 0));
            }
            if k == n - 1 {
                add(3, 5, &square(i, n));
            }
        }
        let [a, b] = [k, k + 1].map(|k| [node(n, j, k), node(n, j + 1, k)]);
        add(3, 3, &[a[0], a[1], b[1], b[0]]);
    }
    let _ = writeln!(text, "$EndNodes\n$Elements\n{}", elements.len());
    text + &elements.join("\n") + "\n$EndElements\n"
}
