//! Conversions by hand (SI brochure, 9th edition, for the definitions) and refusals.

use super::{UnitError, display, parse};

#[test]
fn quantities_are_read() {
    #[rustfmt::skip]
    let good: &[(&str, &str, f64)] = &[
        ("0.9 mS/cm", "S/m", 0.09),
        ("1.3 mA/cm^2", "A/m^2", 13.0),
        ("1.3 mA/cm2", "A/m^2", 13.0),
        ("1.3 mA/cm²", "A/m^2", 13.0),
        ("1.3 mA cm^-2", "A/m^2", 13.0),
        ("1.3 mA cm⁻²", "A/m^2", 13.0),
        ("1.3 mA*cm-2", "A/m^2", 13.0),
        ("0.51 mA/cm^2", "A/m^2", 5.1),
        ("20 ohm cm^2", "ohm m^2", 2e-3),
        ("20 Ω cm²", "ohm m^2", 2e-3),
        ("20 \u{2126}·cm2", "ohm m^2", 2e-3),
        ("20 ohm*cm^2", "ohm m^2", 2e-3),
        ("100 ohm cm", "ohm m", 1.0),
        ("0 V", "V", 0.0),
        ("-12.5 mV", "V", -0.0125),
        ("+1 V", "V", 1.0),
        ("1 J/C", "V", 1.0),
        ("1 W/A", "V", 1.0),
        ("10 um", "m", 1e-5),
        ("10 µm", "m", 1e-5),
        ("10 μm", "m", 1e-5),
        ("10um", "m", 1e-5),
        ("  10   um ", "m", 1e-5),
        ("0.1 um", "m", 1e-7),
        ("25 nm", "m", 2.5e-8),
        ("3 mm", "m", 3e-3),
        ("298.15 K", "K", 298.15),
        ("25 degC", "K", 298.15),
        ("25 °C", "K", 298.15),
        ("-273.15 degC", "K", 0.0),
        ("250 MPa", "Pa", 2.5e8),
        ("15 GPa", "Pa", 1.5e10),
        ("1 N/m^2", "Pa", 1.0),
        ("785 N", "N", 785.0),
        ("2 h", "s", 7200.0),
        ("1 min", "s", 60.0),
        ("1 ms", "s", 1e-3),
        ("1 kHz", "1/s", 1e3),
        ("1 1/s", "1/s", 1.0),
        ("1 mAh/cm^2", "C/m^2", 3.6e4),
        ("1 mA h/cm^2", "C/m^2", 3.6e4),
        ("96.485 kJ/mol", "J/mol", 96_485.0),
        ("23.7 cm^3/mol", "m^3/mol", 2.37e-5),
        ("1 mol/l", "mol/m^3", 1000.0),
        ("2.2 g/cm^3", "kg/m^3", 2200.0),
        ("80 mg", "kg", 8e-5),
        ("10 uF/cm^2", "F/m^2", 0.1),
        ("0.5", "1", 0.5),
        ("50 %", "1", 0.5),
        ("1_000 um", "m", 1e-3),
        ("1e3um", "m", 1e-3),
        ("1E-3 m", "m", 1e-3),
        (".5 um", "m", 5e-7),
        ("5. um", "m", 5e-6),
        ("8.314 J/mol K", "J/mol K", 8.314),
        ("0.4 mA/cm", "A/m", 0.04),
    ];
    for (text, wanted, value) in good {
        assert_eq!(parse(text, wanted), Ok(*value), "{text}");
    }
}

#[test]
fn electronvolts_are_molar_where_that_is_wanted() {
    // 1 eV per particle is 96 485.332 J/mol (CODATA 2018: e N_A).
    for (text, value) in [("1 eV", 96_485.332_12), ("243 meV", 0.243 * 96_485.332_12)] {
        let molar = parse(text, "J/mol").unwrap();
        assert!((molar / value - 1.0).abs() < 1e-9, "{text}: {molar}");
    }
    let joule = parse("1 eV", "J").unwrap();
    assert!((joule / 1.602_176_634e-19 - 1.0).abs() < 1e-15);
    assert!(parse("1 J", "J/mol").is_err());
    assert!(parse("1 eV/K", "J/mol").is_err());
}

#[test]
fn what_is_wrong_is_said() {
    #[rustfmt::skip]
    let bad: &[(&str, &str, &str)] = &[
        ("20 ohm cm^2", "A/m^2", "got an area-specific resistance [ohm m^2], wanted a current density, for example \"1.3 mA/cm^2\""),
        ("20 ohm cm", "S/m", "got a resistivity [ohm m], wanted a conductivity, for example \"0.9 mS/cm\""),
        ("10", "m", "got \"10\", a number without unit, wanted a length, for example \"10 um\""),
        ("0.5 V", "1", "got an electric potential [V], wanted a number without dimension, for example 0.5"),
        ("1 kg m", "m", "got a quantity in [m kg], wanted a length, for example \"10 um\""),
        ("um", "m", "got \"um\", which does not start with a number, wanted a length, for example \"10 um\""),
        ("", "V", "got \"\", which does not start with a number, wanted an electric potential, for example \"50 mV\""),
        ("- 1 V", "V", "got \"- 1 V\", which does not start with a number, wanted an electric potential, for example \"50 mV\""),
        ("nan V", "V", "got \"nan V\", which does not start with a number, wanted an electric potential, for example \"50 mV\""),
        ("inf", "1", "got \"inf\", which does not start with a number, wanted a number without dimension, for example 0.5"),
        (". V", "V", "got \". V\", which does not start with a number, wanted an electric potential, for example \"50 mV\""),
        ("1 mA/cm^2/s", "A/m^2", "`mA/cm^2/s` has more than one `/`; wanted one at most, as in \"J/mol K\" (all that follows it divides)"),
        ("1 mA/", "A/m^2", "a unit is missing beside `*` or `/` in ``"),
        ("1 *m", "m", "a unit is missing beside `*` or `/` in `*m`"),
        ("1 furlong", "m", "unknown unit `furlong`, wanted a length, for example \"10 um\""),
        ("1 Mpa", "Pa", "unknown unit `Mpa`; did you mean `MPa`?"),
        ("1 v", "V", "unknown unit `v`; did you mean `V`?"),
        ("1 mh", "s", "unknown unit `mh`; did you mean `mAh`?"),
        ("1 omh", "ohm", "unknown unit `omh`; did you mean `ohm`?"),
        ("1 cm^0.5", "m", "`cm^0.5` is not a unit with an integer exponent, such as cm^2, cm2 or cm^-1"),
        ("1 cm^0", "1", "`cm^0` is not a unit with an integer exponent, such as cm^2, cm2 or cm^-1"),
        ("1 cm^", "m", "`cm^` is not a unit with an integer exponent, such as cm^2, cm2 or cm^-1"),
        ("1 cm^99999999999", "m", "`cm^99999999999` is not a unit with an integer exponent, such as cm^2, cm2 or cm^-1"),
        ("1 ^2", "m", "`^2` is not a unit with an integer exponent, such as cm^2, cm2 or cm^-1"),
        ("1 J/degC", "1", "degC has an offset and stands alone, as in \"25 degC\"; in products use K"),
        ("1 degC^2", "K", "degC has an offset and stands alone, as in \"25 degC\"; in products use K"),
        ("1e400 m", "m", "\"1e400 m\" is not a finite number in SI units"),
        ("1e308 Mm", "m", "\"1e308 Mm\" is not a finite number in SI units"),
        ("1e99999999999999999999 m", "m", "\"1e99999999999999999999 m\" is not a finite number in SI units"),
    ];
    for (text, wanted, message) in bad {
        match parse(text, wanted) {
            Ok(value) => panic!("{text} was read as {value}"),
            Err(error) => assert_eq!(error.to_string(), *message, "{text}"),
        }
    }
    assert_eq!(parse("1e-99999999999999999999 m", "m"), Ok(0.0));
}

#[test]
fn very_many_factors_do_not_overflow() {
    let many = format!("1 {}", "Gm^9 ".repeat(100));
    assert!(matches!(parse(&many, "m"), Err(UnitError::Exponent { .. })));
    let balanced = format!("1 {}", "Gm^9 nm^-9 ".repeat(100_000));
    assert!(parse(&balanced, "1").is_err());
}

#[test]
fn people_see_their_units() {
    let shown = [
        (5.1, "A/m^2", "0.51 mA/cm2"),
        (0.0123, "V", "12.3 mV"),
        (1.83, "V", "1.83 V"),
        (1e-5, "m", "10 um"),
        (9.999_999_999_9e-7, "m", "1 um"),
        (3e-8, "m", "30 nm"),
        (6.25e7, "Pa", "62.5 MPa"),
        (0.09, "S/m", "0.9 mS/cm"),
        (2.1e7, "S/m", "2.1e7 S/m"),
        (2e-3, "ohm m^2", "20 ohm cm2"),
        (298.15, "K", "298.15 K"),
        (1.052_751_6, "1", "1.05275"),
        (3.2e-12, "1", "3.2e-12"),
        (0.0, "A/m^2", "0 mA/cm2"),
        (0.0, "m", "0 m"),
        (4e-7, "A", "400 nA"),
        (-0.02, "V", "-20 mV"),
        (7.5e-9, "m^2", "7500 um2"),
        (2.0, "kg/m^3", "2 kg/m3"),
    ];
    for (value, unit, text) in shown {
        assert_eq!(display(value, unit), text);
    }
}
