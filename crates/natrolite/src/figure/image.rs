//! A raster as a PNG inside an SVG.

use super::colour::viridis;
use super::raster::Raster;

/// Settings for images of which little is known: every run waits for them.
const BALANCED: (png::Compression, png::Filter) =
    (png::Compression::Balanced, png::Filter::Adaptive);
/// What is the same everywhere has no colour.
const UNIFORM: [u8; 3] = [0xd6; 3];

/// The raster in colours from `low` to `high` as a `data:` URI; pixels without a value are
/// transparent, infinite ones grey. `low < high`.
pub fn data_uri(raster: &Raster, low: f64, high: f64) -> String {
    let pixels: Vec<u8> = raster.values.iter().map(|&v| shade(v, [low, high])).collect();
    encode([raster.width, raster.height], &pixels, shades(), BALANCED)
}

/// The same of cells, `columns` from left to right and `rows` from the bottom to the top, each so many pixels wide and
/// high.
pub fn cells_data_uri(
    values: &[f64],
    [columns, rows]: [usize; 2],
    [wide, high]: [usize; 2],
    range: [f64; 2],
) -> String {
    let width = columns * wide;
    let mut pixels = Vec::with_capacity(width * rows * high);
    for row in values.chunks_exact(columns).rev() {
        let first = pixels.len();
        for &value in row {
            pixels.resize(pixels.len() + wide, shade(value, range));
        }
        for _ in 1..high {
            pixels.extend_from_within(first..first + width);
        }
    }
    // Of each cell only the first pixel differs from what this filter expects.
    let settings = (png::Compression::Fast, png::Filter::Paeth);
    encode([width, rows * high], &pixels, shades(), settings)
}

/// The number of a value's colour.
fn shade(value: f64, [low, high]: [f64; 2]) -> u8 {
    match value {
        _ if value.is_nan() => 0,
        _ if value.is_infinite() => 255,
        _ => 1 + (((value - low) / (high - low)).clamp(0.0, 1.0) * 253.0).round() as u8,
    }
}

/// The colours, and how much each covers.
fn shades() -> (Vec<u8>, Vec<u8>) {
    let colours = (0..254).map(|k| viridis(f64::from(k) / 253.0));
    let palette = std::iter::once([255; 3]).chain(colours).chain([UNIFORM]);
    (palette.flatten().collect(), vec![0])
}

/// Dark lines, in pixels (column, row), on a transparent ground of `width` x `height` pixels as a `data:`
/// URI.
pub fn lines_data_uri(
    lines: impl Iterator<Item = Vec<[f64; 2]>>,
    [width, height]: [usize; 2],
) -> String {
    let mut cover = vec![0_u8; width * height];
    for line in lines {
        for ends in line.windows(2) {
            let [a, b] = [ends[0], ends[1]];
            let d = [b[0] - a[0], b[1] - a[1]];
            // Beyond the image, nothing is lost but time.
            let steps = (2.0 * d[0].abs().max(d[1].abs())).min(4.0 * (width + height) as f64);
            let steps = steps.ceil().max(1.0) as usize;
            for k in 0..=steps {
                let t = k as f64 / steps as f64;
                let (x, y) = (a[0] + t * d[0], a[1] + t * d[1]);
                if x >= 0.0 && y >= 0.0 {
                    // Two pixels wide: one would be lost where the image is drawn smaller.
                    let (x, y) = ((x as usize).min(width), (y as usize).min(height));
                    for row in y..(y + 2).min(height) {
                        cover[row * width..][x..(x + 2).min(width)].fill(1);
                    }
                }
            }
        }
    }
    // Two colours: nothing, and dark grey.
    let palette = vec![255, 255, 255, 0x44, 0x44, 0x44];
    encode([width, height], &cover, (palette, vec![0, 200]), BALANCED)
}

fn encode(
    [width, height]: [usize; 2],
    pixels: &[u8],
    palette: (Vec<u8>, Vec<u8>),
    (compression, filter): (png::Compression, png::Filter),
) -> String {
    let mut file = Vec::new();
    {
        let mut encoder = png::Encoder::new(&mut file, width as u32, height as u32);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette(palette.0);
        encoder.set_trns(palette.1);
        encoder.set_compression(compression);
        encoder.set_filter(filter);
        // Into memory and with sizes that agree, encoding cannot fail.
        let mut writer = encoder.write_header().expect("a header that fits the image");
        writer.write_image_data(pixels).expect("as many pixels as announced");
    }
    format!("data:image/png;base64,{}", base64(&file))
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |k: usize| u32::from(group.get(k).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for k in 0..4 {
            if k <= group.len() {
                text.push(char::from(ALPHABET[(bits >> (18 - 6 * k) & 63) as usize]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_the_standard() {
        // RFC 4648, section 10.
        let pairs =
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        for (plain, coded) in pairs {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }
}
