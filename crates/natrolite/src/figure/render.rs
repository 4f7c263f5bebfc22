//! A figure as PNG.

use super::Figure;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, Options, Tree};

/// The font of all figures; SVGs name it first, so that both look alike where it is installed.
const REGULAR: &[u8] = include_bytes!("font/DejaVuSans.ttf");
const BOLD: &[u8] = include_bytes!("font/DejaVuSans-Bold.ttf");
const FAMILY: &str = "DejaVu Sans";
/// Most pixels along a side.
const MOST_PIXELS: f64 = 20_000.0;

/// Why there is no PNG.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The size asked for is none.
    #[error("figure {name}: {width:.0} x {height:.0} pixels; wanted 1 to {MOST_PIXELS} each way")]
    Size {
        /// The figure.
        name: String,
        /// Pixels from left to right.
        width: f64,
        /// Pixels from top to bottom.
        height: f64,
    },
    /// The drawing could not be read or written.
    #[error("figure {name}: {what}")]
    Drawing {
        /// The figure.
        name: String,
        /// Why.
        what: String,
    },
}

/// The figure as a PNG file of `width` \[m\] with `dpi` pixels an inch, which the file says, too.
///
/// # Errors
/// [`RenderError::Size`] when that are too many pixels or none.
pub fn to_png(figure: &Figure, width: f64, dpi: f64) -> Result<Vec<u8>, RenderError> {
    let name = || figure.name.clone();
    let failed = |what: String| RenderError::Drawing { name: name(), what };
    let mut options = Options { font_family: FAMILY.into(), ..Options::default() };
    let fonts = options.fontdb_mut();
    fonts.load_font_data(REGULAR.to_vec());
    fonts.load_font_data(BOLD.to_vec());
    let tree = Tree::from_str(&figure.svg, &options).map_err(|e| failed(e.to_string()))?;
    let size: usvg::Size = tree.size();
    let scale = width / 0.0254 * dpi / f64::from(size.width());
    let pixels = [size.width(), size.height()].map(|s| (f64::from(s) * scale).round());
    if !pixels.iter().all(|p| (1.0..=MOST_PIXELS).contains(p)) {
        let [width, height] = pixels;
        return Err(RenderError::Size { name: name(), width, height });
    }
    let mut pixmap = Pixmap::new(pixels[0] as u32, pixels[1] as u32)
        .ok_or_else(|| failed("too large for memory".into()))?;
    let scale = scale as f32;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    encode(&pixmap, dpi).map_err(|e| failed(e.to_string()))
}

/// The pixels, which are opaque, without an alpha channel.
fn encode(pixmap: &Pixmap, dpi: f64) -> Result<Vec<u8>, png::EncodingError> {
    let colours: Vec<u8> =
        pixmap.pixels().iter().flat_map(|p| [p.red(), p.green(), p.blue()]).collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, pixmap.width(), pixmap.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    let per_metre = (dpi / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: per_metre,
        yppu: per_metre,
        unit: png::Unit::Meter,
    }));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&colours)?;
    writer.finish()?;
    Ok(file)
}
