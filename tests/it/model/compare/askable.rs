//! Who may be asked, on both sides.

use assent_proto::v1::check_askable_result;

use super::*;

impl Telling<'_> {
    /// CheckAskable of everybody.
    pub(super) async fn askable(&self) -> Result<(), Difference> {
        let request = v1::CheckAskableRequest {
            profile_table: self.names.table(),
            profiles: (0..PEOPLE).map(|who| self.names.person(who)).collect(),
        };
        let told = self.client.consents().check_askable(request).await.map_err(called)?;
        for (who, told) in told.into_inner().results.into_iter().enumerate() {
            let Some(check_askable_result::Result::Askable(told)) = told.result else {
                return Err(format!("call failed: {told:?}"));
            };
            same("series asked about", who, &told.series.len(), &SERIES, told.series.len() == SERIES)?;
            for (series, told) in told.series.iter().enumerate() {
                let expected = self.model.askable(who, series, self.now);
                let said = (told.askable, told.askable_from.as_ref().map(micros));
                let equal =
                    said == (expected.askable, expected.from) && expected.reasons.contains(&told.reason());
                same("askable", (who, series), told, &expected, equal)?;
            }
        }
        Ok(())
    }
}
