//! What stands in an HDF5 file, as text that can be compared.

use hdf5::types::{FloatSize, IntSize, TypeDescriptor, VarLenUnicode};
use hdf5::{Dataset, Group};
use std::fmt::Write as _;

/// The contents of a dataset, as text without loss.
fn contents(dataset: &Dataset) -> String {
    let mut out = format!("{:?}:", dataset.shape());
    let mut add = |bits: u64| write!(out, " {bits:x}").expect("text grows");
    match dataset.dtype().and_then(|t| t.to_descriptor()).expect("a known type") {
        TypeDescriptor::Float(FloatSize::U8) => {
            dataset.read_raw::<f64>().expect("read").iter().for_each(|x| add(x.to_bits()));
        }
        TypeDescriptor::Integer(IntSize::U8) => {
            dataset.read_raw::<i64>().expect("read").iter().for_each(|&x| add(x as u64));
        }
        TypeDescriptor::Integer(IntSize::U4) => {
            dataset.read_raw::<i32>().expect("read").iter().for_each(|&x| add(x as u64));
        }
        TypeDescriptor::Unsigned(IntSize::U1) => {
            dataset.read_raw::<u8>().expect("read").iter().for_each(|&x| add(x.into()));
        }
        TypeDescriptor::Unsigned(IntSize::U4) => {
            dataset.read_raw::<u32>().expect("read").iter().for_each(|&x| add(x.into()));
        }
        TypeDescriptor::VarLenUnicode => {
            for text in dataset.read_raw::<VarLenUnicode>().expect("read") {
                out.push_str(text.as_str());
            }
        }
        other => panic!("{}: {other:?}", dataset.name()),
    }
    out
}

/// Name and contents of every dataset below a group, in order.
pub fn datasets(group: &Group, out: &mut Vec<(String, String)>) {
    for name in group.member_names().expect("names") {
        match group.group(&name) {
            Ok(inner) => datasets(&inner, out),
            Err(_) => {
                let dataset = group.dataset(&name).expect("what is no group is a dataset");
                out.push((dataset.name(), contents(&dataset)));
            }
        }
    }
}
