//! What one processor loses while the other one computes.

use std::hint::black_box;
use std::time::Instant;

/// How many times as long arithmetic takes while another processor does the same. Cores of virtual machines are often
/// two threads of one core: what runs beside a broker and a sink then takes that much more CPU time than alone.
pub(crate) fn slowdown() -> f64 {
    let least = |of: &dyn Fn() -> f64| (0..5).map(|_| of()).fold(f64::INFINITY, f64::min);
    let alone = least(&arithmetic);
    let beside = least(&|| {
        std::thread::scope(|scope| {
            let other = scope.spawn(arithmetic);
            arithmetic().max(other.join().expect("it only computes"))
        })
    });
    beside / alone
}

/// Seconds for work that uses the processor's units well and no memory.
fn arithmetic() -> f64 {
    let start = Instant::now();
    let mut state = black_box([1_u64, 2, 3, 4]);
    for _ in 0..50_000_000 {
        let [a, b, c, d] = &mut state;
        *a = a.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        *b ^= *b << 7;
        *b ^= *b >> 9;
        *c = c.wrapping_add(*a ^ *b);
        *d = d.wrapping_mul(31).wrapping_add(*c);
    }
    black_box(state);
    start.elapsed().as_secs_f64()
}
