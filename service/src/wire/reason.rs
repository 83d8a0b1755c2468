//! Stand-in until the contract's own enum is merged.
macro_rules! reasons { ($($name:ident = $text:literal),* $(,)?) => {
    /// Why a call failed.
    #[derive(Clone, Copy, Debug)]
    pub(crate) enum Reason { $(#[doc = $text] $name),* }
    impl Reason {
        pub(crate) const fn as_str_name(self) -> &'static str { match self { $(Self::$name => concat!("ERROR_REASON_", $text)),* } }
    }
} }
reasons! {
    FieldInvalid = "FIELD_INVALID", MessageTooLarge = "MESSAGE_TOO_LARGE", BatchTooLarge = "BATCH_TOO_LARGE",
    RequestIdReused = "REQUEST_ID_REUSED", PageTokenMalformed = "PAGE_TOKEN_MALFORMED",
    CredentialMissing = "CREDENTIAL_MISSING", CredentialUnknown = "CREDENTIAL_UNKNOWN", RoleMissing = "ROLE_MISSING",
    ProfileTableUnknown = "PROFILE_TABLE_UNKNOWN", NoticeUnknown = "NOTICE_UNKNOWN", PolicyUnknown = "POLICY_UNKNOWN",
    CursorMalformed = "CURSOR_MALFORMED", CursorFilterMismatch = "CURSOR_FILTER_MISMATCH",
    CursorDiverged = "CURSOR_DIVERGED", CursorAheadOfHead = "CURSOR_AHEAD_OF_HEAD", EtagMismatch = "ETAG_MISMATCH",
    DeadlineExceeded = "DEADLINE_EXCEEDED", Unavailable = "UNAVAILABLE", Conflict = "CONFLICT",
    ShuttingDown = "SHUTTING_DOWN", Internal = "INTERNAL",
}
