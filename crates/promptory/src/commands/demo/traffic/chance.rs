//! Chance that is the same each time: SplitMix64, and what is made of it.

#[derive(Debug, Clone)]
pub(super) struct Chance(u64);

impl Chance {
    /// Of one thing: the same whatever else is made.
    pub(super) fn of(kind: u64, number: u64) -> Self {
        let mut chance = Self(kind.wrapping_mul(0xd6e8_feb8_6659_fd93) ^ number);
        chance.next();
        chance
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// 0 to 1, without 1.
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(super) fn is(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// 0 to n, without n.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        (self.unit() * n as f64) as u64
    }

    /// About normal, with mean 0 and deviation 1: the sum of twelve.
    pub(super) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    /// Around a median, with a long tail above.
    pub(super) fn around(&mut self, median: f64, spread: f64) -> f64 {
        median * (spread * self.normal()).exp()
    }

    /// One of them, each as likely as its weight says.
    pub(super) fn weighted<'a, T>(
        &mut self,
        of: impl Iterator<Item = (&'a T, f64)> + Clone,
    ) -> Option<&'a T> {
        let total: f64 = of.clone().map(|(_, weight)| weight).sum();
        let mut left = self.unit() * total;
        let found = of.clone().find(|(_, weight)| {
            left -= weight;
            left < 0.0
        });
        found.or_else(|| of.last()).map(|(one, _)| one)
    }

    pub(super) fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len() as u64) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_same_each_time_and_spread_as_it_says() {
        let (mut a, mut b) = (Chance::of(1, 7), Chance::of(1, 7));
        assert_eq!((a.next(), a.next()), (b.next(), b.next()));
        assert_ne!(Chance::of(1, 8).next(), Chance::of(2, 7).next());
        let mean = |mut each: Box<dyn FnMut() -> f64>| (0..20_000).map(|_| each()).sum::<f64>() / 20_000.0;
        let mut chance = Chance::of(3, 1);
        assert!((mean(Box::new(move || chance.unit())) - 0.5).abs() < 0.01);
        let mut chance = Chance::of(3, 2);
        assert!(mean(Box::new(move || chance.normal())).abs() < 0.03);
        let weights = [("rare", 1.0), ("common", 9.0)];
        let mut chance = Chance::of(3, 3);
        let common = mean(Box::new(move || {
            let of = weights.iter().map(|(name, weight)| (name, *weight));
            f64::from(u8::from(chance.weighted(of) == Some(&"common")))
        }));
        assert!((common - 0.9).abs() < 0.01, "{common}");
    }
}
