//! The columns of the contact file: UTF-8, `;` between, no quoting, one header line, one person's say a line.

/// A column, in the order of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Column {
    /// The person's id: opaque, here in the shape of an address.
    Profile,
    /// The list: `legacy`, `france` or `italy`.
    List,
    /// The day the address was collected. Empty: unknown.
    CollectedOn,
    /// The country whose rules apply. Empty: unknown.
    Jurisdiction,
    /// `form`, `campaign`, `import` or `api`.
    Source,
    /// Which one. Empty: not known.
    SourceName,
    /// Its version. Empty: not known.
    SourceVersion,
    /// `yes`, `no`, `withdrawn` or `objected`. Empty: nothing said.
    Marketing,
    /// The day of that answer. Empty: not known.
    MarketingOn,
    /// As marketing, for all of tracking; or per scope, such as `email_open=yes,email_click=no`.
    Tracking,
    /// The day of that answer. Empty: not known.
    TrackingOn,
    /// `yes`: one act covered mail and tracking.
    Joint,
    /// The ground of a yes: `explicit`, `assumed` or `imported`.
    Basis,
    /// How the answers were collected. Empty: not known.
    Method,
    /// The text that the person read when answering. Empty: not known.
    Wording,
    /// Its language. Empty: not known.
    Language,
    /// Who recorded it. Empty: not known.
    Actor,
    /// Where the proof of what was imported is kept. Empty: nowhere.
    Proof,
    /// The day the person was told of tracking. Empty: they were not.
    InformedOn,
    /// The text they were told. Empty: not known.
    InformedText,
    /// `yes` or `no`. Empty: not said.
    ConditionsUnchanged,
    /// `yes` or `no`. Empty: not said.
    WithdrawalOffered,
}

impl Column {
    /// Every column, in the order of the file, with its heading.
    pub(crate) const ALL: [(Self, &'static str); 22] = [
        (Self::Profile, "profile"),
        (Self::List, "list"),
        (Self::CollectedOn, "collected_on"),
        (Self::Jurisdiction, "jurisdiction"),
        (Self::Source, "source"),
        (Self::SourceName, "source_name"),
        (Self::SourceVersion, "source_version"),
        (Self::Marketing, "marketing"),
        (Self::MarketingOn, "marketing_on"),
        (Self::Tracking, "tracking"),
        (Self::TrackingOn, "tracking_on"),
        (Self::Joint, "joint"),
        (Self::Basis, "basis"),
        (Self::Method, "method"),
        (Self::Wording, "wording"),
        (Self::Language, "language"),
        (Self::Actor, "actor"),
        (Self::Proof, "proof"),
        (Self::InformedOn, "informed_on"),
        (Self::InformedText, "informed_text"),
        (Self::ConditionsUnchanged, "conditions_unchanged"),
        (Self::WithdrawalOffered, "withdrawal_offered"),
    ];
}
