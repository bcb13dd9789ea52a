//! A function of an `extern` block has no body here, and its span opens where it is called.

use tracing_relay::traced;

unsafe extern "C" {
    #[traced]
    fn abs(number: i32) -> i32;

    #[traced]
    pub safe fn labs(number: i64) -> i64;
}

#[traced]
unsafe extern "C" {
    safe fn llabs(number: i64) -> i64;
}

fn main() {
    let _ = (unsafe { abs(-1) }, labs(-1), llabs(-1));
}

#[cfg(doctest)]
mod right {
    use tracing_relay::traced;

    unsafe extern "C" {
        safe fn labs(number: i64) -> i64;
    }

    #[traced(fields(number))]
    fn absolute(number: i64) -> i64 {
        labs(number)
    }

    #[traced]
    extern "C" fn called_from_there(number: i32) -> i32 {
        number
    }
}
