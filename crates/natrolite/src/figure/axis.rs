//! Ticks, their labels, and the unit in which an axis is readable.

/// Where the ticks of an axis stand and what they say.
#[derive(Clone, Debug, PartialEq)]
pub struct Ticks {
    /// Positions, ascending.
    pub at: Vec<f64>,
    step: f64,
}

impl Ticks {
    /// At most about `count` ticks at multiples of 1, 2, 2.5 or 5 times a power of ten that lie in
    /// `[low, high]`; none when the range is empty or not finite.
    pub fn new(low: f64, high: f64, count: usize) -> Ticks {
        let rough = (high - low) / count.max(1) as f64;
        // Below the resolution of the numbers, multiples of a step cannot be told apart.
        let distinct = rough > 1e-12 * low.abs().max(high.abs());
        if !(rough.is_finite() && rough > 0.0 && distinct) {
            return Ticks { at: Vec::new(), step: 1.0 };
        }
        let power = 10_f64.powi(rough.log10().floor() as i32);
        let factor = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|f| f * power >= rough * 0.999);
        let step = factor.unwrap_or(10.0) * power;
        let (first, last) = ((low / step - 1e-9).ceil(), (high / step + 1e-9).floor());
        let number = (last - first).max(-1.0) as usize;
        let number = if last < first { 0 } else { number + 1 };
        Ticks { at: (0..number).map(|k| (first + k as f64) * step).collect(), step }
    }

    /// The label of a tick: as many decimals as the step needs.
    pub fn label(&self, at: f64) -> String {
        let decimals = (0..12)
            .find(|&d| {
                let scaled = self.step * 10_f64.powi(d);
                (scaled - scaled.round()).abs() < 1e-6 * scaled
            })
            .unwrap_or(12);
        if self.step >= 1e6 {
            return format!("{at:e}");
        }
        let text = format!("{at:.*}", decimals as usize);
        // A true minus sign; no sign on zero.
        match text.strip_prefix('-') {
            Some(digits) if digits.chars().all(|c| c == '0' || c == '.') => digits.to_owned(),
            Some(digits) => format!("\u{2212}{digits}"),
            None => text,
        }
    }
}

/// Ticks of a logarithmic axis between the decimal logarithms `low` and `high`, at most about `count`:
/// their logarithms and labels. Powers of ten, or every second, third..., and where these are few 2 and 5
/// times them, and where these are few all multiples.
pub fn logarithmic_ticks(low: f64, high: f64, count: usize) -> Vec<(f64, String)> {
    if !(high > low && (high - low).is_finite()) {
        return Vec::new();
    }
    let (first, last) = (low.floor() as i32, high.ceil() as i32);
    let inside = |v: &f64| *v >= low - 1e-9 && *v <= high + 1e-9;
    let of = |factors: &[f64]| -> Vec<f64> {
        let all =
            (first..=last).flat_map(|e| factors.iter().map(move |f| f64::from(e) + f.log10()));
        all.filter(inside).collect()
    };
    let every: Vec<f64> = (1..10).map(f64::from).collect();
    let choices = [of(&[1.0]), of(&[1.0, 2.0, 5.0]), of(&every)];
    let fits = choices.iter().filter(|c| c.len() <= count.max(2)).max_by_key(|c| c.len());
    let at = match fits {
        Some(at) if at.len() >= 2 => at.clone(),
        Some(_) => {
            let [a, b] = [low, high].map(|v| 10_f64.powf(v));
            Ticks::new(a, b, count).at.into_iter().filter(|t| *t > 0.0).map(f64::log10).collect()
        }
        None => {
            // Multiples of a step, so that 1 is among them, and all as powers.
            let step = choices[0].len().div_ceil(count.max(1)) as i32;
            let exponents = (first..=last).filter(|e| e % step == 0).map(f64::from);
            let label = |v: f64| if v == 0.0 { "1".to_owned() } else { power(v as i32) };
            return exponents.filter(inside).map(|v| (v, label(v))).collect();
        }
    };
    at.into_iter().map(|v| (v, logarithmic_label(v))).collect()
}

/// Ten to the power of `e`.
fn power(e: i32) -> String {
    let digits = e.to_string();
    let raised = digits.chars().map(|c| match c {
        '-' => '\u{207b}',
        '1' => '\u{b9}',
        '2' => '\u{b2}',
        '3' => '\u{b3}',
        c => char::from_u32(0x2070 + c.to_digit(10).unwrap_or(0)).unwrap_or(c),
    });
    format!("10{}", raised.collect::<String>())
}

/// A power of ten, or a number of few digits.
fn logarithmic_label(v: f64) -> String {
    let exponent = v.round() as i32;
    let is_power = (v - f64::from(exponent)).abs() < 1e-9;
    if (-3.0 - 1e-9..4.0 - 1e-9).contains(&v) {
        let text = format!("{:.*}", (2 - v.floor() as i32).max(0) as usize, 10_f64.powf(v));
        return match text.contains('.') {
            true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
            false => text,
        };
    }
    match is_power {
        true => power(exponent),
        false => {
            let e = v.floor() as i32;
            format!("{:.0}\u{b7}{}", 10_f64.powf(v - f64::from(e)), power(e))
        }
    }
}

/// A unit for an axis: its sign and how many of it make one SI unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    pub name: &'static str,
    pub per_si: f64,
}

/// The unit of length in which an extent \[m\] is a handy number.
pub fn length_unit(extent: f64) -> Unit {
    choose(extent, &[("nm", 1e9, 5e-7), ("µm", 1e6, 5e-3), ("mm", 1e3, 5.0), ("m", 1.0, f64::MAX)])
}

/// The unit of potential in which a range \[V\] is a handy number.
pub fn potential_unit(range: f64) -> Unit {
    choose(range, &[("µV", 1e6, 5e-5), ("mV", 1e3, 1.0), ("V", 1.0, f64::MAX)])
}

/// The unit of stress and pressure in which a largest value \[Pa\] is a handy number.
pub fn pressure_unit(largest: f64) -> Unit {
    choose(largest, &[("kPa", 1e-3, 1e5), ("MPa", 1e-6, 1e10), ("GPa", 1e-9, f64::MAX)])
}

/// The unit of current density in which a largest value \[A/m2\] is a handy number.
pub fn current_density_unit(largest: f64) -> Unit {
    choose(largest, &[("µA/cm²", 1e2, 1.0), ("mA/cm²", 0.1, 1e5), ("A/cm²", 1e-4, f64::MAX)])
}

/// The unit in which a current \[A\] is a handy number; per metre of depth in planar symmetry.
pub fn current_unit(largest: f64, per_metre: bool) -> Unit {
    match per_metre {
        true => choose(
            largest,
            &[("nA/m", 1e9, 1e-6), ("µA/m", 1e6, 1e-3), ("mA/m", 1e3, 1.0), ("A/m", 1.0, f64::MAX)],
        ),
        false => choose(
            largest,
            &[
                ("pA", 1e12, 1e-9),
                ("nA", 1e9, 1e-6),
                ("µA", 1e6, 1e-3),
                ("mA", 1e3, 1.0),
                ("A", 1.0, f64::MAX),
            ],
        ),
    }
}

fn choose(extent: f64, units: &[(&'static str, f64, f64)]) -> Unit {
    let fits = units.iter().find(|u| extent < u.2);
    let (name, per_si, _) = fits.copied().unwrap_or(("", 1.0, 0.0));
    Unit { name, per_si }
}

/// Four significant digits, without an exponent where that is readable.
pub fn four_digits(value: f64) -> String {
    if !value.is_finite() {
        return "\u{2013}".into();
    }
    // The exponent after rounding: 0.99999 is 1.000.
    let scientific = format!("{value:.3e}");
    let exponent = scientific.split_once('e').and_then(|(_, e)| e.parse::<i32>().ok());
    match exponent {
        Some(e @ -4..=5) => format!("{value:.*}", (3 - e).max(0) as usize),
        _ => scientific,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(low: f64, high: f64, count: usize) -> Vec<String> {
        let ticks = Ticks::new(low, high, count);
        ticks.at.iter().map(|&t| ticks.label(t)).collect()
    }

    #[test]
    fn ticks_are_round_numbers_inside_the_range() {
        assert_eq!(labels(0.0, 50.0, 5), ["0", "10", "20", "30", "40", "50"]);
        assert_eq!(labels(0.97, 1.06, 5), ["0.98", "1.00", "1.02", "1.04", "1.06"]);
        assert_eq!(labels(-31.0, 31.0, 6), ["−20", "0", "20"]);
        assert_eq!(labels(-0.3, 0.3, 4), ["−0.2", "0.0", "0.2"]);
        assert_eq!(labels(0.0, 10.0, 4), ["0.0", "2.5", "5.0", "7.5", "10.0"]);
    }

    #[test]
    fn ticks_of_a_logarithmic_axis_are_as_dense_as_there_is_room() {
        let labels = |low: f64, high: f64, count| -> Vec<String> {
            let ticks = logarithmic_ticks(low.log10(), high.log10(), count);
            ticks.iter().for_each(|(v, _)| assert!(10_f64.powf(*v) > 0.99 * low));
            ticks.into_iter().map(|t| t.1).collect()
        };
        assert_eq!(labels(0.1, 10.0, 8), ["0.1", "0.2", "0.5", "1", "2", "5", "10"]);
        assert_eq!(labels(0.05, 2000.0, 6), ["0.1", "1", "10", "100", "1000"]);
        assert_eq!(labels(1.5, 3.5, 6), ["2", "3"]);
        assert_eq!(labels(1e-16, 1.0, 5), ["10⁻¹⁶", "10⁻¹²", "10⁻⁸", "10⁻⁴", "1"]);
        assert_eq!(labels(1.5e4, 6e4, 3), ["2·10⁴", "5·10⁴"]);
        assert!(logarithmic_ticks(f64::NEG_INFINITY, 1.0, 5).is_empty());
        assert!(logarithmic_ticks(1.0, 1.0, 5).is_empty());
    }

    #[test]
    fn degenerate_ranges_have_no_ticks() {
        for (low, high) in [(1.0, 1.0), (2.0, 1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY)] {
            assert!(labels(low, high, 5).is_empty());
        }
        assert!(labels(1.0, 1.0 + 1e-15, 5).is_empty());
    }

    #[test]
    fn units_follow_the_extent() {
        assert_eq!(length_unit(5e-5), Unit { name: "µm", per_si: 1e6 });
        assert_eq!(length_unit(1e-2).name, "mm");
        assert_eq!(potential_unit(0.012), Unit { name: "mV", per_si: 1e3 });
        assert_eq!(potential_unit(2.0).name, "V");
        assert_eq!(pressure_unit(2.5e8), Unit { name: "MPa", per_si: 1e-6 });
        assert_eq!([pressure_unit(2e4).name, pressure_unit(2e10).name], ["kPa", "GPa"]);
    }

    #[test]
    fn numbers_in_running_text_have_four_digits() {
        let texts = [1.0527516, 17.84, 178.0, 0.0123456, 1e9, 0.0, 0.9999999].map(four_digits);
        assert_eq!(texts, ["1.053", "17.84", "178.0", "0.01235", "1.000e9", "0.000", "1.000"]);
        assert_eq!(four_digits(f64::NAN), "\u{2013}");
    }
}
