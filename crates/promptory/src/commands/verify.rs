//! `promptory verify …`

use clap::Subcommand;
use promptory_api::analytics::{Verified, Verify as VerifyBody};

use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;
use crate::text::minute;

#[derive(Debug, Subcommand)]
pub(crate) enum Verify {
    /// Count executions again and compare with the statistics; exit code 1 when they differ and were not repaired.
    Rollups {
        /// Not before the day of, such as 2026-11-20T00:00:00Z; absent: from the first day that is kept whole.
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
        /// Before; absent: until now.
        #[arg(long, value_name = "TIME")]
        to: Option<String>,
        /// Put what was counted in place of what was stored, for the days that differ.
        #[arg(long)]
        repair: bool,
    },
}

impl Verify {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Self::Rollups { from, to, repair } = self;
        let body = VerifyBody { from, to, repair: repair.then_some(true) };
        let answer = context.client.post_patiently(&Route::new("/analytics/verify"), &body).await?;
        let verified: Verified = answer.parse()?;
        context.show(&answer, describe)?;
        if verified.agrees || verified.repaired { Ok(()) } else { Err(Failure::No) }
    }
}

fn describe(verified: &Verified) -> String {
    let Verified { executions, days, cells, different, .. } = verified;
    let mut text = format!(
        "Counted {executions} executions of {days} days, from {} to {}: {cells} cells.\n",
        minute(&verified.from),
        minute(&verified.to)
    );
    for remark in &verified.remarks {
        text.push_str(&format!("{remark}\n"));
    }
    if verified.agrees {
        text.push_str("The statistics say the same.");
        return text;
    }
    for difference in &verified.differences {
        text.push_str(&format!("{difference}\n"));
    }
    let more = different.saturating_sub(verified.differences.len() as u64);
    if more > 0 {
        text.push_str(&format!("… and {more} more.\n"));
    }
    text.push_str(&if verified.repaired {
        format!("{different} cells differed. They say now what was counted.")
    } else {
        format!("{different} cells differ. Mend them: promptory verify rollups --repair")
    });
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let verdict = |agrees: bool, repaired: bool, different: u64| {
            describe(&Verified {
                agrees,
                from: "2026-11-20T00:00:00.000Z".to_owned(),
                to: "2026-11-21T09:00:00.000Z".to_owned(),
                days: 2,
                executions: 10,
                cells: 40,
                different,
                differences: if agrees { Vec::new() } else { vec!["Hour of Line …".to_owned()] },
                repaired,
                remarks: Vec::new(),
            })
        };
        let counted =
            "Counted 10 executions of 2 days, from 2026-11-20 00:00 to 2026-11-21 09:00: 40 cells.\n";
        assert_eq!(verdict(true, false, 0), format!("{counted}The statistics say the same."));
        let differs = verdict(false, false, 3);
        assert!(differs.contains("Hour of Line …\n… and 2 more.\n3 cells differ."), "{differs}");
        assert!(verdict(false, true, 1).ends_with("1 cells differed. They say now what was counted."));
    }
}
