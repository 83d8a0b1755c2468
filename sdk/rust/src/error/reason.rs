//! Why a call or an item failed, and what its caller should do about it.

use assent_proto::v1;

use crate::word::words;

words! {
    /// Why the service refused a call or an item: the contract's own reasons, one for one.
    Reason = v1::ErrorReason, "ERROR_REASON_" {
        /// Fields are missing or wrong; [`Error::violations`](crate::Error::violations) names all of them.
        FieldInvalid,
        /// The call or its answer is larger than the service takes.
        MessageTooLarge,
        /// The call holds more items than it may. The SDK splits batches, so this does not come from its own calls.
        BatchTooLarge,
        /// The request id was used within 72 hours for a call with other content.
        RequestIdReused,
        /// The page token was not made by this service for this tenant, or belongs to another list.
        PageTokenMalformed,
        /// What is asked may not be told for the use that was declared.
        UseNotPermitted,
        /// The call carries no credential and needs one.
        CredentialMissing,
        /// The credential is not known, or no longer.
        CredentialUnknown,
        /// The credential does not have a role that may make this call.
        RoleMissing,
        /// The tenant has no such profile table.
        ProfileTableUnknown,
        /// The person was erased; only a direct, explicit grant after the erasure opens a new life.
        ProfileErased,
        /// A policy in force demands evidence of a grant that was not given.
        EvidenceMissing,
        /// The method can never prove a grant.
        MethodForbidden,
        /// A policy in force does not accept the ground of the grant. Facts: `instead`, what the policies do take:
        /// `CONSENT_REQUEST`, `NOTICE`, `IMPORTED`.
        BasisNotAccepted,
        /// A policy in force does not accept one act for both mail and tracking.
        JointNotAllowed,
        /// The grant is dated more than 5 minutes ahead of the server's clock.
        GrantInFuture,
        /// The notice lacks what the policy demands of it.
        NoticeIncomplete,
        /// No text is stored under the notice's id.
        NoticeUnknown,
        /// The cursor was not made by this service for this tenant.
        CursorMalformed,
        /// The cursor was made for another filter.
        CursorFilterMismatch,
        /// The ledger holds another record at the cursor's position: the database was restored or failed over with loss.
        CursorDiverged,
        /// The cursor lies beyond the ledger's end: the database was restored or failed over with loss.
        CursorAheadOfHead,
        /// What the cursor would read next has outlived its retention and can be read no more.
        CursorExpired,
        /// The reader of a stream took nothing for 60 seconds. [`InteractionWatch`](crate::InteractionWatch) and
        /// [`ChangeWatch`](crate::ChangeWatch) go on by themselves.
        ReaderTooSlow,
        /// What is stored is not what the caller last read, or exists already, or does not exist.
        EtagMismatch,
        /// No policy has that id, or not in that version.
        PolicyUnknown,
        /// The override permits what its policy forbids and has no switch for.
        PolicyLoosened,
        /// The policy has an override under another id already, or the override changes another policy already.
        PolicyOverridden,
        /// The tenant declared no such website.
        WebsiteUnknown,
        /// The tenant declared no such campaign.
        CampaignUnknown,
        /// The tenant declared no such message.
        MessageUnknown,
        /// The message was planned or sent, declared or not: it can no longer be declared or changed.
        MessageFixed,
        /// A mode was asked for that is above what is permitted now. Facts: `pixel` and `pixel_reason`, `links` and
        /// `links_reason`: what is permitted, and why no more is.
        ModeAbovePlan,
        /// The deadline passed. What a write would have written is unknown.
        DeadlineExceeded,
        /// The database cannot be reached, or no room is left to serve the call. What a write would have written is unknown:
        /// repeat it with the same request id.
        Unavailable,
        /// Another call wrote the same thing at the same time, again and again. Nothing was written.
        Conflict,
        /// The service is about to stop. What a write would have written is unknown: repeat it with the same request id.
        ShuttingDown,
        /// The import id is known for an import with another header.
        ImportIdReused,
        /// A chunk of that number was written before, or begun, with other content.
        ImportChunkReused,
        /// The chunk's number is neither the next one nor one that was acknowledged. Fact: `expected_chunk`, the next one.
        ImportChunkUnexpected,
        /// A fault of the service; its log has the cause under [`Error::server_request_id`](crate::Error::server_request_id).
        Internal,
        /// The token of a link was not made by this service for this tenant, or was changed on its way.
        TokenMalformed,
        /// The token names a key that the service was not given: an old one is missing from its configuration.
        TokenKeyUnknown,
        /// The token has run out: it neither shows nor grants any more. Saying no by it stays possible.
        TokenExpired,
        /// More is asked than the token allows.
        TokenInsufficient,
        /// The person has no consent record of that id that says, tells or asks something.
        ConsentRecordUnknown,
    }
}

impl Reason {
    /// The reason of that name, as an ErrorInfo carries it; `None` for one of a later release.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.name() == name)
    }

    /// Whether the same call can succeed when it is made again as it is.
    #[must_use]
    pub const fn passes(self) -> bool {
        matches!(
            self,
            Self::ReaderTooSlow
                | Self::DeadlineExceeded
                | Self::Unavailable
                | Self::Conflict
                | Self::ShuttingDown
        )
    }

    /// What the caller should do.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::FieldInvalid => "correct the fields named",
            Self::MessageTooLarge => "send or ask for less in one call",
            Self::BatchTooLarge => "send fewer items in one call",
            Self::RequestIdReused => "use a new request id for new content",
            Self::ImportIdReused => "use a new import id for another import",
            Self::ImportChunkReused => "import with the lines of the first run, or under a new id",
            Self::ImportChunkUnexpected => {
                "begin the import anew: what is on record already is not recorded again"
            }
            Self::PageTokenMalformed => "begin the list again without a page token",
            Self::UseNotPermitted => "do not ask for that use: the law does not leave it",
            Self::CredentialMissing => "give an API key in the options",
            Self::CredentialUnknown => "give an API key that is in force",
            Self::RoleMissing => "use an API key that has one of the roles named",
            Self::ProfileTableUnknown => "create the profile table first, or correct its id",
            Self::ProfileErased => "leave the person alone until they grant anew",
            Self::EvidenceMissing => "give the evidence named, or do not claim a grant",
            Self::MethodForbidden => "do not claim a grant: this method proves none",
            Self::BasisNotAccepted => {
                "claim a grant only on a ground that the policies named accept, or go one of the ways named"
            }
            Self::JointNotAllowed => "ask for mail and tracking by separate acts",
            Self::GrantInFuture => "correct the date of the decision, or the clock it comes from",
            Self::NoticeIncomplete => "complete the notice with what is named",
            Self::NoticeUnknown => "store the text of the notice first",
            Self::CursorMalformed => "use a cursor that this service gave for this tenant",
            Self::CursorFilterMismatch => {
                "read with the filter that the cursor was made for, or get a new cursor"
            }
            Self::CursorDiverged | Self::CursorAheadOfHead => {
                "the service lost part of its history: compare what you have with what it has, then get a new cursor"
            }
            Self::CursorExpired => {
                "begin anew from the oldest that is left: what lay before can be read no more"
            }
            Self::ReaderTooSlow => "begin the stream again from the last cursor, and read faster",
            Self::EtagMismatch => "read what is stored, decide anew, and put it with the etag read",
            Self::PolicyUnknown => "use the id of a policy that exists",
            Self::PolicyLoosened => "leave out the fields named: an override only tightens",
            Self::PolicyOverridden => "change the override that exists",
            Self::WebsiteUnknown => "declare the website first, or correct its id",
            Self::CampaignUnknown => "declare the campaign first, or correct its id",
            Self::MessageUnknown => "declare the message before it is planned or sent, or correct its id",
            Self::MessageFixed => "declare another message: this one was planned or sent",
            Self::ModeAbovePlan => "ask for no more than is permitted, or for no mode at all",
            Self::DeadlineExceeded | Self::Unavailable | Self::Conflict | Self::ShuttingDown => {
                "make the same call again later, with the same request id"
            }
            Self::TokenMalformed => "ask the person to follow the whole link again, or make them a new one",
            Self::TokenKeyUnknown => "have the operator put the old key back: links must open for years",
            Self::TokenExpired => "make a new token, or redeem this one for a no",
            Self::TokenInsufficient => "ask for no more than the token's description says",
            Self::Internal => "report it with the service's request id",
            Self::ConsentRecordUnknown => "correct the record's id: an erased record has no receipt",
            Self::Unrecognised(_) => "use a later release of this client",
        }
    }
}
