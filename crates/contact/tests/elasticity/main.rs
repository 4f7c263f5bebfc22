//! Elastic bodies against closed forms.

mod benchmarks;
mod patch;
mod problem;
mod rates;
