//! One event in the shape of each sender, as its documentation shows it: the fields, their names and what stands in them.

use super::recipient::Mail;

const AGENTS: [(&str, &str); 3] = [
    ("DESKTOP", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.0"),
    (
        "MOBILE",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)",
    ),
    ("DESKTOP", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"),
];

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The sender took the mail.
    Sent,
    /// The other side took it.
    Delivered,
    /// Somebody opened it.
    Open,
    /// A machine did: a proxy that fetches what nobody may ever see.
    MachineOpen,
    /// Somebody clicked the link to that page.
    Click(&'static str),
    /// Somebody unsubscribed.
    Unsubscribe,
    /// Somebody reported it as spam.
    Complaint,
}

/// One event.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    /// Of which mail.
    pub(crate) mail: Mail,
    /// Whose.
    pub(crate) profile: String,
    /// What.
    pub(crate) kind: Kind,
    /// When, in seconds since 1970-01-01T00:00:00Z.
    pub(crate) at: u64,
    /// What tells it from every other.
    pub(crate) id: u64,
    /// Whether it is the first that the person, or a machine for them, did.
    pub(crate) first: bool,
}

impl Told {
    /// As Brevo reports a transactional mail.
    pub(crate) fn brevo(&self) -> String {
        let event = match (self.kind, self.first) {
            (Kind::Sent, _) => "request",
            (Kind::Delivered, _) => "delivered",
            (Kind::Open, true) => "unique_opened",
            (Kind::Open, false) => "opened",
            (Kind::MachineOpen, true) => "unique_proxy_open",
            (Kind::MachineOpen, false) => "proxy_open",
            (Kind::Click(_), _) => "click",
            (Kind::Unsubscribe, _) => "unsubscribed",
            (Kind::Complaint, _) => "spam",
        };
        let Self { profile, at, .. } = self;
        let message = self.mail.message();
        // Brevo's `message-id` is one mail's to one person.
        let mail = format!("<{:016x}@smtp-relay.shop.example>", of_text(&format!("{profile} {message}")));
        let own = match self.kind {
            Kind::Open | Kind::MachineOpen => self.device(),
            Kind::Click(page) => format!(r#"{},"link":"{}""#, self.device(), self.link(page)),
            Kind::Sent | Kind::Delivered | Kind::Unsubscribe | Kind::Complaint => String::new(),
        };
        format!(
            r#"{{"event":"{event}","email":"{profile}","id":25290,"ts":{at},"message-id":"{mail}","ts_event":{at},"subject":"Autumn","X-Mailin-custom":"{message}","sending_ip":"192.0.2.7","template_id":22,"tags":["autumn"]{own}}}"#
        )
    }

    /// As SendGrid reports it, with a custom argument `message`.
    pub(crate) fn sendgrid(&self) -> String {
        let event = match self.kind {
            Kind::Sent => "processed",
            Kind::Delivered => "delivered",
            Kind::Open | Kind::MachineOpen => "open",
            Kind::Click(_) => "click",
            Kind::Unsubscribe => "unsubscribe",
            Kind::Complaint => "spamreport",
        };
        let Self { profile, at, id, .. } = self;
        let message = self.mail.message();
        let (_, agent) = self.agent();
        let own = match self.kind {
            Kind::Sent => r#","smtp-id":"<14c5d75ce93.dfd.64b469@ismtpd-555>""#.to_owned(),
            Kind::Delivered => r#","response":"250 OK""#.to_owned(),
            Kind::Open => format!(r#","sg_machine_open":false,"useragent":"{agent}","ip":"192.0.2.9""#),
            Kind::MachineOpen => {
                r#","sg_machine_open":true,"useragent":"Mozilla/5.0","ip":"192.0.2.8""#.to_owned()
            }
            Kind::Click(page) => {
                let link = self.link(page);
                format!(
                    r#","useragent":"{agent}","ip":"192.0.2.9","url":"{link}","url_offset":{{"index":0,"type":"html"}}"#
                )
            }
            Kind::Unsubscribe | Kind::Complaint => String::new(),
        };
        format!(
            r#"{{"email":"{profile}","timestamp":{at},"event":"{event}","category":"autumn","sg_event_id":"{id:016x}","sg_message_id":"14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0","message":"{message}"{own}}}"#
        )
    }

    fn link(&self, page: &str) -> String {
        format!("{}{page}?to={}", self.mail.address(), self.profile)
    }

    fn agent(&self) -> (&'static str, &'static str) {
        let at = usize::try_from(of_text(&self.profile) % 3).unwrap_or(0);
        AGENTS.get(at).copied().unwrap_or_default()
    }

    fn device(&self) -> String {
        let (device, agent) = self.agent();
        format!(r#","user_agent":"{agent}","device_used":"{device}","contact_id":8"#)
    }
}

/// A number that follows from a text (FNV-1a, 64 bits).
pub(crate) fn of_text(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
