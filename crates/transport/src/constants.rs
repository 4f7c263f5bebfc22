//! Constants of nature (SI 2019, exact; CODATA 2018).

/// Faraday constant \[C/mol\].
pub const FARADAY: f64 = 96_485.332_123_310_01;

/// Molar gas constant \[J/(mol K)\].
pub const GAS_CONSTANT: f64 = 8.314_462_618_153_24;
