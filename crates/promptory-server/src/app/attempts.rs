//! How often somebody may try to sign in: by the address, on each server.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::Arc,
};

use governor::{
    Quota, RateLimiter, clock::Clock as _, middleware::NoOpMiddleware, nanos::Nanos,
    state::keyed::HashMapStateStore,
};
use promptory_core::limits;

use crate::clock::Clock;

/// Addresses that are remembered; more make the server forget those that waited long enough.
const ADDRESSES: usize = 10_000;

/// The server's own clock, so that tests can move it.
#[derive(Clone)]
struct Hands(Arc<dyn Clock>);

impl governor::clock::Clock for Hands {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let micros = u64::try_from(self.0.now().micros()).unwrap_or(0);
        Nanos::from(micros.saturating_mul(1_000))
    }
}

pub struct Attempts {
    limiter: RateLimiter<IpAddr, HashMapStateStore<IpAddr>, Hands, NoOpMiddleware<Nanos>>,
    clock: Hands,
}

impl Attempts {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let clock = Hands(clock);
        let quota =
            Quota::per_minute(NonZeroU32::new(limits::SIGN_INS_PER_MINUTE).unwrap_or(NonZeroU32::MIN));
        Self { limiter: RateLimiter::new(quota, HashMapStateStore::default(), clock.clone()), clock }
    }

    /// Counts one more.
    ///
    /// # Errors
    /// There were too many; the seconds after which one more is allowed.
    pub fn count(&self, address: IpAddr) -> Result<(), u64> {
        if self.limiter.len() > ADDRESSES {
            self.limiter.retain_recent();
        }
        let wait = |not_until: governor::NotUntil<Nanos>| not_until.wait_time_from(self.clock.now());
        self.limiter.check_key(&network(address)).map_err(|not_until| wait(not_until).as_secs() + 1)
    }
}

/// Whoever has one address of IPv6 has the 2^64 beside it.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use promptory_core::time::Timestamp;

    use super::*;
    use crate::clock::ManualClock;

    #[test]
    fn ten_in_a_minute_by_address() {
        let clock = Arc::new(ManualClock::at(Timestamp::from_micros(1_790_000_000_000_000)));
        let attempts = Attempts::new(Arc::<ManualClock>::clone(&clock));
        let address = |text: &str| text.parse::<IpAddr>().expect("an address");
        for _ in 0..10 {
            assert_eq!(attempts.count(address("192.0.2.1")), Ok(()));
        }
        let wait = attempts.count(address("192.0.2.1")).expect_err("too many");
        assert!((5..=7).contains(&wait), "{wait}");
        assert!(attempts.count(address("::ffff:192.0.2.1")).is_err(), "the same address in another dress");
        assert_eq!(attempts.count(address("192.0.2.2")), Ok(()), "others are not in the way");
        clock.advance_seconds(7);
        assert_eq!(attempts.count(address("192.0.2.1")), Ok(()));
        assert!(attempts.count(address("192.0.2.1")).is_err());
        for n in 0..10 {
            assert_eq!(attempts.count(address(&format!("2001:db8::{n}"))), Ok(()));
        }
        assert!(attempts.count(address("2001:db8::ffff")).is_err());
        assert_eq!(attempts.count(address("2001:db8:0:1::1")), Ok(()));
    }
}
