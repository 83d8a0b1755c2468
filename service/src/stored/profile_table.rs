//! A profile table as it is kept.

use assent_domain::evidence::Controller;
use assent_domain::id::PolicyId;
use assent_domain::profile_table::ProfileTable;
use assent_domain::time::Zone;
use serde::{Deserialize, Serialize};

use super::Unreadable;
use super::opt_in::{self, StoredText};

const UNREADABLE: Unreadable = Unreadable { setting: "profile table" };

/// The body of a profile table.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StoredTable {
    #[serde(skip_serializing_if = "Option::is_none")]
    controller: Option<StoredController>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    zone: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    opt_in_texts: Vec<StoredText>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct StoredController {
    name: String,
    address: String,
    contact: String,
}

impl StoredTable {
    /// The body of `table`.
    ///
    /// # Errors
    /// [`Unreadable`] when it has no JSON form.
    pub fn write(table: &ProfileTable) -> Result<String, Unreadable> {
        let controller = table.controller.clone();
        let body = Self {
            controller: controller.map(|Controller { name, address, contact }| StoredController {
                name,
                address,
                contact,
            }),
            policy: table.policy.as_ref().map(|id| id.as_str().to_owned()),
            zone: table.zone.name().to_owned(),
            opt_in_texts: opt_in::said(&table.opt_in_texts),
        };
        serde_json::to_string(&body).map_err(|_| UNREADABLE)
    }

    /// The table of a body.
    ///
    /// # Errors
    /// [`Unreadable`] when no release up to this one wrote it.
    pub fn read(body: &str) -> Result<ProfileTable, Unreadable> {
        let Self { controller, policy, zone, opt_in_texts } =
            serde_json::from_str(body).map_err(|_| UNREADABLE)?;
        let controller = controller.map(|StoredController { name, address, contact }| Controller {
            name,
            address,
            contact,
        });
        Ok(ProfileTable {
            controller,
            policy: policy.map(PolicyId::new).transpose().map_err(|_| UNREADABLE)?,
            zone: Zone::named(&zone).ok_or(UNREADABLE)?,
            opt_in_texts: opt_in::read(opt_in_texts).ok_or(UNREADABLE)?,
        })
    }
}
