//! The scenarios of a component in an application, by their numbers. S26 is with the [carriers](crate::carriers).

mod faults;
mod s20;
mod s21;
mod s24;
mod s25;
