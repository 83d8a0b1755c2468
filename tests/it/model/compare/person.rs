//! Erasing somebody, and counting what is held of everybody.

use assent_proto::v1::access_profile_response::Piece;
use jiff::civil::Date;

use super::*;

impl Telling<'_> {
    pub(super) async fn erase(&mut self, who: usize) -> Result<(), Difference> {
        let request = v1::EraseProfileRequest {
            profile_table: self.names.table(),
            profile: Some(self.names.person(who)),
            origin: None,
        };
        self.client.privacy().erase_profile(request).await.map_err(called)?;
        self.model.erase(who, self.now);
        Ok(())
    }

    /// AccessProfile: what is held, whether it may be shown or not.
    pub(super) async fn held(&self) -> Result<(), Difference> {
        for who in 0..PEOPLE {
            let request = v1::AccessProfileRequest {
                profile_table: self.names.table(),
                profile: Some(self.names.person(who)),
            };
            let told = self.client.privacy().access_profile(request).await.map_err(called)?;
            let mut told = told.into_inner();
            let (mut records, mut ran_out, mut rows) = (0_u64, 0_u64, 0_u64);
            let (mut end, mut day) = (None, None);
            while let Some(next) = told.message().await.map_err(called)? {
                match next.piece {
                    Some(Piece::Record(record)) => {
                        records += 1;
                        ran_out += u64::from(expiry::is_one(&record));
                    }
                    Some(Piece::Interaction(_)) => rows += 1,
                    Some(Piece::LastOpenDay(told)) => day = Some(told),
                    Some(Piece::End(counts)) => end = Some((counts.records, counts.interactions)),
                    _ => {}
                }
            }
            same("counts", who, &end, &(records, rows), end == Some((records, rows)))?;
            let expected = self.model.rows.iter().filter(|row| row.deed.who == Some(who)).count() as u64;
            // What may not be read any more may be gone from disk too, once housekeeping had a turn.
            let read = self.model.activity(who, self.now).len() as u64;
            let least = if self.turned { read } else { expected };
            let equal = (least..=expected).contains(&rows);
            same("interactions held", who, &rows, &(least, expected), equal)?;
            let expected = self.model.days(who);
            let told = day.map(|day| {
                let month = i8::try_from(day.month).expect("a month");
                let of_month = i8::try_from(day.day).expect("a day");
                Date::constant(i16::try_from(day.year).expect("a year"), month, of_month)
            });
            same("last-open day", who, &told, &expected, expected.contains(&told))?;
            // An erasure leaves a record of its own, for a time.
            if self.model.records.lives[who].erased.is_none() {
                // When what ran out is written, nobody can tell.
                let (said, expected) = (records - ran_out, self.model.records.count(who) as u64);
                same("records held", who, &said, &expected, said == expected)?;
            }
        }
        Ok(())
    }
}
