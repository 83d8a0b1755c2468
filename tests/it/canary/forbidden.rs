//! Everything that may not be recorded, and why: each is a case, told in every kind that it holds for. What is exempted is
//! among it: a day is kept or a count, and nothing that was told.

use assent_proto::v1;

use super::deed::{Declared, Kind, done};
use super::flock::{Flock, Lot};
use super::world::{DAY, FRENCH, HOUR, RECEIPT, TABLES};

/// Whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    /// Somebody whom nobody ever spoke of; only under `strict`, where nothing of them may stay.
    NeverSeen,
    /// Somebody who is known.
    Known(&'static str),
    /// Nobody is named: a pixel shared by all.
    Nobody,
}

/// Which tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    Shop,
    Tight,
}

/// Interactions of one table that are all discarded, for one reason; or exempted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    name: &'static str,
    pub(super) whose: Whose,
    pub(super) table: &'static str,
    who: Who,
    /// How long ago it was done.
    ago: i64,
    automated: bool,
    declared: Declared,
    kinds: &'static [Kind],
    /// Whether it is exempted instead: of what is told of it no more is kept, for all that.
    pub(super) is_exempted: bool,
}

const NOTHING: Declared = Declared { message: None, link: None, website: None, campaign: None };

const NEVER_SEEN: Case = Case {
    name: "never seen",
    whose: Whose::Shop,
    table: "strict",
    who: Who::NeverSeen,
    ago: 1,
    automated: false,
    declared: NOTHING,
    kinds: &Kind::ALL,
    is_exempted: false,
};

/// Of somebody who granted everything.
const GRANTED: Case = Case { who: Who::Known("gina"), ..NEVER_SEEN };

const fn in_mail(name: &'static str, message: &'static str) -> Case {
    Case { name, declared: Declared { message: Some(message), ..NOTHING }, ..GRANTED }
}

/// Nobody is named, and everything else is declared.
const fn shared(name: &'static str, table: &'static str) -> Case {
    let declared = Declared { message: Some("spring mail"), campaign: Some("spring"), ..NOTHING };
    Case { name, table, who: Who::Nobody, declared, ..NEVER_SEEN }
}

const fn of(name: &'static str, table: &'static str, who: &'static str) -> Case {
    Case { name, table, who: Who::Known(who), ..NEVER_SEEN }
}

const OPENS: &[Kind] = &[Kind::Open];

/// All but opens.
const CLICKS_AND_MORE: &[Kind] = &[Kind::Click, Kind::SmsClick, Kind::Visit, Kind::Goal];

/// Those that hold in every table.
const BY_STATE: [Case; 6] = [
    of("refused", "", "rita"),
    of("objected", "", "olga"),
    of("withdrawn", "", "wim"),
    Case { ago: HOUR, ..of("withdrawn since", "", "wim") },
    Case { automated: true, ..of("refused, by a machine", "", "rita") },
    Case {
        declared: Declared { message: Some("plain"), ..NOTHING },
        kinds: &[Kind::Open, Kind::Click, Kind::SmsClick],
        ..of("sent without tracking", "", "pia")
    },
];

const OTHERS: [Case; 35] = [
    NEVER_SEEN,
    Case { name: "never seen, by a machine", automated: true, ..NEVER_SEEN },
    Case { name: "never seen, long ago", ago: 900 * DAY, ..NEVER_SEEN },
    Case {
        name: "never seen, in a closed mail",
        declared: in_mail("", "closed mail").declared,
        ..NEVER_SEEN
    },
    Case { name: "never seen, in a declared mail", declared: in_mail("", "mail").declared, ..NEVER_SEEN },
    of("unknown to France", "fr-cnil-2026", "ulla"),
    of("unknown to Italy", "it-garante-2026", "ulla"),
    Case { kinds: CLICKS_AND_MORE, ..of("granted for opens alone", "strict", "sam") },
    of("assumed, and in Germany", "legacy", "gerd"),
    Case { name: "before the grant", ago: 2 * HOUR, ..of("", "strict", "lara") },
    Case { name: "before the French grant", ago: 2 * HOUR, ..of("", "fr-cnil-2026", "lara") },
    Case { name: "too old", ago: 900 * DAY, ..GRANTED },
    Case { name: "too old for legacy", ago: 2_000 * DAY, ..of("", "legacy", "nora") },
    in_mail("of a closed website", "closed website"),
    in_mail("of a shared website", "shared website"),
    in_mail("of a closed campaign", "closed campaign"),
    in_mail("of a shared campaign", "shared campaign"),
    in_mail("of a closed mail", "closed mail"),
    in_mail("of a shared mail", "shared mail"),
    in_mail("of the mail that asks", "asking"),
    Case {
        name: "on a closed website",
        declared: Declared { website: Some("closed"), ..NOTHING },
        kinds: CLICKS_AND_MORE,
        ..GRANTED
    },
    Case {
        name: "for a closed campaign",
        declared: Declared { campaign: Some("closed"), ..NOTHING },
        ..GRANTED
    },
    Case {
        name: "unasked on an asking website",
        table: "legacy",
        who: Who::Known("nora"),
        ..in_mail("", "asked website")
    },
    Case {
        name: "unasked for an asking campaign",
        table: "legacy",
        who: Who::Known("nora"),
        ..in_mail("", "asked campaign")
    },
    Case {
        name: "a functional link",
        declared: Declared { message: Some("mail"), link: Some("unsubscribe"), ..NOTHING },
        kinds: &[Kind::Click, Kind::SmsClick],
        ..GRANTED
    },
    Case { name: "a shared pixel", who: Who::Nobody, ..NEVER_SEEN },
    shared("a shared pixel where nothing is counted", "strict"),
    shared("a shared pixel where nothing is counted", "legacy"),
    Case { kinds: CLICKS_AND_MORE, ..shared("a shared link where opens are counted", FRENCH) },
    Case { automated: true, kinds: OPENS, ..shared("a shared pixel, by a machine", FRENCH) },
    Case { kinds: OPENS, is_exempted: true, ..shared("a shared pixel", FRENCH) },
    Case { kinds: OPENS, is_exempted: true, ..shared("a shared pixel", "it-garante-2026") },
    Case {
        declared: Declared { message: Some(RECEIPT), ..NOTHING },
        kinds: OPENS,
        is_exempted: true,
        ..of("refused, but in mail that was asked for", FRENCH, "rita")
    },
    Case { whose: Whose::Tight, ..of("a grant that expired", "strict", "ed") },
    Case { whose: Whose::Tight, ..of("unanswered where that is denied", "legacy", "nora") },
];

/// Every case.
pub(super) fn cases() -> Vec<Case> {
    let by_state = TABLES.iter().flat_map(|table| BY_STATE.map(|case| Case { table, ..case }));
    by_state.chain(OTHERS).collect()
}

impl Case {
    /// What is told of it: the same interactions whenever it is asked, but for the time.
    pub(super) fn interactions(&self, flock: &mut Flock, now: i64) -> Vec<v1::Interaction> {
        let story = format!("{} ({} of {:?})", self.name, self.table, self.whose);
        let who = match self.who {
            Who::NeverSeen => {
                assert_eq!(self.table, "strict", "elsewhere they need not be forgotten");
                Some(flock.person(Lot::Forbidden, self.table, &format!("{story}, profile")))
            }
            Who::Known(who) => Some(who.to_owned()),
            Who::Nobody => None,
        };
        let each = self.kinds.iter().map(|kind| {
            let at = now - self.ago;
            let done = done(flock, Lot::Forbidden, &story, *kind, who.as_deref(), at, self.declared);
            v1::Interaction { automated: self.automated, ..done }
        });
        each.collect()
    }

    /// What it is called.
    pub(super) const fn name(&self) -> &'static str {
        self.name
    }
}
