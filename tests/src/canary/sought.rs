//! What is sought, and the search: one walk over the bytes, however much is sought.

use std::collections::{BTreeMap, HashMap};

use super::form::{self, Form, Needle};
use super::unpack;

/// How deep packed bytes within packed bytes are looked into.
const DEPTH: usize = 3;

/// The bits of a window's hash that the sieve looks at first.
const SIEVE: usize = (1 << 21) - 1;

/// A page that was never written.
const ZEROS: &[u8] = &[0; 4096];

/// Whose needle, in which form, whether packed; and where first.
type Finds = BTreeMap<(usize, Form, bool), usize>;

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Which canary, by its label.
    pub label: String,
    /// In which form.
    pub form: Form,
    /// Whether in what had to be unpacked first.
    pub packed: bool,
    /// Where it first begins, in bytes.
    pub at: usize,
}

/// What is sought.
#[derive(Debug, Default)]
pub struct Sought {
    labels: Vec<String>,
    /// Whose needle, and which.
    needles: Vec<(usize, Form, Vec<u8>)>,
    /// The needles by their first eight bytes.
    by_head: HashMap<u64, Vec<usize>>,
    sieve: Vec<bool>,
}

impl Sought {
    /// A word.
    pub fn word(&mut self, label: &str, word: &str) {
        self.add(label, form::of_text(word));
    }

    /// Somebody's id: its bare digest is sought as well, and the hash by which the rows of a person of that table are
    /// found.
    pub fn person(&mut self, label: &str, table: &str, id: &str) {
        let needles = [form::of_text(id), form::of_digest(id), form::of_person(table, id)];
        self.add(label, needles.concat());
    }

    /// A UUID: as text, as its sixteen bytes, and its digests.
    ///
    /// # Panics
    /// When it is none.
    pub fn uuid(&mut self, label: &str, uuid: &str) {
        let bytes = hex::decode(uuid.replace('-', "")).expect("a UUID");
        self.add(label, [form::of_text(uuid), form::of_bytes(&bytes), form::of_digest(uuid)].concat());
    }

    /// A number.
    pub fn number(&mut self, label: &str, number: i64) {
        self.add(label, form::of_number(number.cast_unsigned()));
    }

    /// How many canaries are sought.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.labels.len()
    }

    /// Everything that these bytes hold, each form of each canary once, also in what they hold packed.
    #[must_use]
    pub fn in_bytes(&self, bytes: &[u8]) -> Vec<Found> {
        let mut found = Finds::new();
        self.walk(bytes, 0, None, &mut found);
        let told = |((owner, form, packed), at): ((usize, Form, bool), usize)| Found {
            label: self.labels[owner].clone(),
            form,
            packed,
            at,
        };
        found.into_iter().map(told).collect()
    }

    fn add(&mut self, label: &str, needles: Vec<Needle>) {
        let owner = self.labels.len();
        self.labels.push(label.to_owned());
        self.sieve.resize(SIEVE + 1, false);
        for (form, needle) in needles {
            let head = needle[..8].try_into().expect("a needle has eight bytes");
            let head = u64::from_le_bytes(head);
            self.by_head.entry(head).or_default().push(self.needles.len());
            self.sieve[sieved(head)] = true;
            self.needles.push((owner, form, needle));
        }
    }

    /// `origin`: where the packed bytes begin that these are unpacked from.
    #[expect(clippy::explicit_counter_loop, reason = "a chain of iterators costs a debug build seconds here")]
    fn walk(&self, bytes: &[u8], depth: usize, origin: Option<usize>, found: &mut Finds) {
        let sieve = self.sieve.as_slice();
        if sieve.is_empty() {
            return;
        }
        // The last eight bytes, the latest in the highest place.
        let mut window = 0_u64;
        for (number, chunk) in bytes.chunks(ZEROS.len()).enumerate() {
            let mut end = number * ZEROS.len();
            // What was never written is no place to stay long. A needle may still end in it.
            let chunk = if chunk == ZEROS { &chunk[..8] } else { chunk };
            for byte in chunk {
                window = window >> 8 | (*byte as u64) << 56;
                if sieve[sieved(window)] && end >= 7 {
                    self.hold(window, &bytes[end - 7..], depth, origin.unwrap_or(end - 7), found);
                }
                if unpack::may_begin(*byte)
                    && depth < DEPTH
                    && let Some(start) = unpack::begins(window, end)
                {
                    let unpacked = unpack::unpacked(&bytes[start..]);
                    self.walk(&unpacked, depth + 1, origin.or(Some(start)), found);
                }
                end += 1;
            }
        }
    }

    /// Holds what begins with that window against every needle that begins so.
    fn hold(&self, window: u64, bytes: &[u8], depth: usize, at: usize, found: &mut Finds) {
        for needle in self.by_head.get(&window).into_iter().flatten() {
            let (owner, form, needle) = &self.needles[*needle];
            if bytes.starts_with(needle) {
                found.entry((*owner, *form, depth > 0)).or_insert(at);
            }
        }
    }
}

/// Where the sieve has a window. Nothing is called: it is asked of every byte.
const fn sieved(window: u64) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "as many bits as the sieve has")]
    let place = (window ^ window >> 21 ^ window >> 42) as usize & SIEVE;
    place
}
