//! Writes a few nodes and elements in all formats that must be read.

/// What goes into a file.
#[derive(Clone, Default)]
pub struct Content {
    /// Dimension, tag, name.
    pub names: Vec<(i32, i32, &'static str)>,
    pub nodes: Vec<(i32, [f64; 3])>,
    pub elements: Vec<Element>,
}

/// Number, Gmsh's type, its dimension, group and geometric entity, nodes.
#[derive(Clone)]
pub struct Element {
    pub number: i32,
    pub code: i32,
    pub dimension: i32,
    pub group: i32,
    pub entity: i32,
    pub nodes: Vec<i32>,
}

/// Numbers as text or as binary.
#[derive(Clone, Copy, PartialEq)]
pub enum Encoding {
    Text,
    Little,
    Big,
}
pub use Encoding::*;

struct Writer {
    bytes: Vec<u8>,
    encoding: Encoding,
}

impl Writer {
    fn text(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn put<const N: usize>(&mut self, text: String, mut little: [u8; N]) {
        match self.encoding {
            Text => self.text(&(text + " ")),
            Little => self.bytes.extend(little),
            Big => {
                little.reverse();
                self.bytes.extend(little);
            }
        }
    }

    fn int(&mut self, value: i32) {
        self.put(value.to_string(), value.to_le_bytes());
    }

    fn size(&mut self, value: usize) {
        self.put(value.to_string(), (value as u64).to_le_bytes());
    }

    fn double(&mut self, value: f64) {
        self.put(format!("{value:e}"), value.to_le_bytes());
    }

    fn end_line(&mut self) {
        if self.encoding == Text {
            self.text("\n");
        }
    }

    fn head(&mut self, version: &str, content: &Content) {
        let binary = i32::from(self.encoding != Text);
        self.text(&format!("$MeshFormat\n{version} {binary} 8\n"));
        if binary == 1 {
            self.int(1);
            self.text("\n");
        }
        self.text("$EndMeshFormat\n$PhysicalNames\n");
        self.text(&format!("{}\n", content.names.len()));
        for (dimension, tag, name) in &content.names {
            self.text(&format!("{dimension} {tag} \"{name}\"\n"));
        }
        self.text("$EndPhysicalNames\n");
    }
}

/// The file in version 2.2.
pub fn version2(content: &Content, encoding: Encoding) -> Vec<u8> {
    let mut w = Writer { bytes: Vec::new(), encoding };
    w.head("2.2", content);
    w.text(&format!("$Nodes\n{}\n", content.nodes.len()));
    for (tag, x) in &content.nodes {
        w.int(*tag);
        x.iter().for_each(|&x| w.double(x));
        w.end_line();
    }
    w.text(&format!("\n$EndNodes\n$Elements\n{}\n", content.elements.len()));
    for e in &content.elements {
        if encoding == Text {
            [e.number, e.code, 2].iter().for_each(|&i| w.int(i));
        } else {
            [e.code, 1, 2, e.number].iter().for_each(|&i| w.int(i));
        }
        [e.group, e.entity].iter().chain(&e.nodes).for_each(|&i| w.int(i));
        w.end_line();
    }
    w.text("\n$EndElements\n");
    w.bytes
}

/// The file in version 4.1.
pub fn version4(content: &Content, encoding: Encoding) -> Vec<u8> {
    let mut w = Writer { bytes: Vec::new(), encoding };
    w.head("4.1", content);
    w.text("$Entities\n");
    let mut entities: Vec<_> =
        content.elements.iter().map(|e| (e.dimension, e.entity, e.group)).collect();
    entities.sort_unstable();
    entities.dedup();
    let of = |d: i32| {
        let mut all: Vec<_> = entities.iter().filter(|e| e.0 == d).map(|e| e.1).collect();
        all.dedup();
        all
    };
    (0..4).for_each(|d| w.size(of(d).len()));
    for d in 0..4 {
        for entity in of(d) {
            w.int(entity);
            (0..if d == 0 { 3 } else { 6 }).for_each(|_| w.double(0.0));
            let groups: Vec<_> =
                entities.iter().filter(|e| (e.0, e.1) == (d, entity) && e.2 != 0).collect();
            w.size(groups.len());
            groups.iter().for_each(|e| w.int(e.2));
            if d > 0 {
                w.size(1);
                w.int(-1);
            }
            w.end_line();
        }
    }
    w.text("\n$EndEntities\n$Nodes\n");
    [1, content.nodes.len(), 1, 99].iter().for_each(|&i| w.size(i));
    // A parametric block: one more number for each node on a curve.
    [1, 1, 1].iter().for_each(|&i| w.int(i));
    w.size(content.nodes.len());
    content.nodes.iter().for_each(|(tag, _)| w.size(*tag as usize));
    for (_, x) in &content.nodes {
        x.iter().chain(&[0.5]).for_each(|&x| w.double(x));
        w.end_line();
    }
    w.text("\n$EndNodes\n$Elements\n");
    let mut seen = std::collections::BTreeSet::new();
    let once: Vec<_> = content.elements.iter().filter(|e| seen.insert(&e.nodes)).collect();
    [once.len(), once.len(), 1, 99].iter().for_each(|&i| w.size(i));
    for e in once {
        [e.dimension, e.entity, e.code].iter().for_each(|&i| w.int(i));
        w.size(1);
        w.size(e.number as usize);
        e.nodes.iter().for_each(|&n| w.size(n as usize));
        w.end_line();
    }
    w.text("\n$EndElements\n");
    w.bytes
}

/// The file in every format.
pub fn all(content: &Content) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for (encoding, name) in [(Text, "text"), (Little, "little"), (Big, "big")] {
        files.push((format!("2.2 {name}"), version2(content, encoding)));
        files.push((format!("4.1 {name}"), version4(content, encoding)));
    }
    files
}
