//! A perceptually uniform colour map that also reads in grey.

/// Nine colours of the map "viridis" (S. van der Walt and N. Smith, 2015, CC0), equally spaced; in
/// between, colours are interpolated in sRGB, as SVG's gradients do.
const VIRIDIS: [[u8; 3]; 9] = [
    [0x44, 0x01, 0x54],
    [0x47, 0x2d, 0x7b],
    [0x3b, 0x52, 0x8b],
    [0x2c, 0x72, 0x8e],
    [0x21, 0x91, 0x8c],
    [0x28, 0xae, 0x80],
    [0x5e, 0xc9, 0x62],
    [0xad, 0xdc, 0x30],
    [0xfd, 0xe7, 0x25],
];

/// Colours for curves that can be told apart by everybody (M. Okabe and K. Ito, 2002), and grey.
pub const CURVES: [&str; 7] =
    ["#d55e00", "#0072b2", "#cc79a7", "#009e73", "#e69f00", "#111111", "#56b4e9"];

/// Dashes of the same curves, so that they can be told apart without colours.
pub const DASHES: [&str; 7] = [
    "",
    r#"stroke-dasharray="11 3""#,
    r#"stroke-dasharray="11 3 2.5 3""#,
    r#"stroke-dasharray="5 2.5""#,
    r#"stroke-dasharray="2 2""#,
    r#"stroke-dasharray="14 3 2.5 3 2.5 3""#,
    r#"stroke-dasharray="8 3 8 3 2 3""#,
];

/// The colour at `t` in \[0, 1\].
pub fn viridis(t: f64) -> [u8; 3] {
    let x = t.clamp(0.0, 1.0) * (VIRIDIS.len() - 1) as f64;
    let k = (x as usize).min(VIRIDIS.len() - 2);
    let weight = x - k as f64;
    std::array::from_fn(|c| {
        let (a, b) = (f64::from(VIRIDIS[k][c]), f64::from(VIRIDIS[k + 1][c]));
        (a + weight * (b - a)).round() as u8
    })
}

/// The same map as the stops of an SVG gradient that runs upwards.
pub fn gradient(id: &str) -> String {
    let mut stops = String::new();
    for (k, [r, g, b]) in VIRIDIS.iter().enumerate() {
        let offset = k as f64 / (VIRIDIS.len() - 1) as f64;
        stops += &format!(r##"<stop offset="{offset}" stop-color="#{r:02x}{g:02x}{b:02x}"/>"##);
    }
    format!(
        r#"<defs><linearGradient id="{id}" x1="0" y1="1" x2="0" y2="0">{stops}</linearGradient></defs>"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lightness_rises_evenly_from_end_to_end() {
        // CIE 1976 lightness from the relative luminance of sRGB (IEC 61966-2-1).
        let lightness = |[r, g, b]: [u8; 3]| {
            let linear = |c: u8| {
                let c = f64::from(c) / 255.0;
                if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
            };
            let y = 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
            116.0 * y.cbrt() - 16.0
        };
        let l: Vec<f64> = (0..=64).map(|k| lightness(viridis(f64::from(k) / 64.0))).collect();
        let mean = (l[64] - l[0]) / 64.0;
        assert!(mean > 1.1, "{mean}");
        for pair in l.windows(2) {
            let step = (pair[1] - pair[0]) / mean;
            assert!(step > 0.4 && step < 1.7, "{pair:?} {mean}");
        }
    }

    #[test]
    fn ends_and_out_of_range() {
        assert_eq!(viridis(-1.0), [0x44, 0x01, 0x54]);
        assert_eq!(viridis(2.0), [0xfd, 0xe7, 0x25]);
        assert_eq!(viridis(0.5), [0x21, 0x91, 0x8c]);
    }
}
