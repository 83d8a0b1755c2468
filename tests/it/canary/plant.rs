//! Leaks that are planted, one in each place that is searched, each in a form of its own.

use std::fs::{self, File};
use std::io::Write;
use std::net::TcpStream;

use assent_tests::canary::Form;
use assent_tests::engine::Engine;
use assent_tests::look::Look;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::flock::{Flock, Lot};
use super::ground::Ground;
use super::otlp;
use super::place::Place;
use super::world::now;

/// In which form something is planted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum As {
    /// A word, as text.
    Text,
    /// A word in the middle of other text, all of it in base64.
    Base64,
    /// A word in hexadecimal digits.
    HexDigits,
    /// A word with every byte as `%XX`.
    Percent,
    /// A word's bytes between others.
    Bytes,
    /// A UUID's sixteen bytes.
    Uuid,
    /// The bare SHA-256 of somebody's id.
    Digest,
    /// The number by which a person's rows are found.
    PersonHash,
}

/// The tables that could keep something, and where in each a leak is planted. A table that is not here and not in
/// [`BOOKKEEPING`] fails the test.
const TABLES: [(&str, &str, As); 27] = [
    ("api_key", "label", As::Percent),
    ("counted", "mark", As::Digest),
    ("declaration", "body", As::Base64),
    ("feed_head", "chain", As::Digest),
    ("import", "header_hash", As::Digest),
    ("import_chunk", "report", As::Bytes),
    ("interaction", "order_id", As::Text),
    ("interaction_batch", "keys", As::Bytes),
    ("interaction_feed", "batch_id", As::Uuid),
    ("interaction_head", "incarnation", As::Uuid),
    ("interaction_pending", "batch_id", As::Uuid),
    ("key_mark", "mark", As::Digest),
    ("last_device", "user_agent", As::Text),
    ("last_open", "person", As::PersonHash),
    ("ledger", "chain", As::Digest),
    ("notice", "content", As::Bytes),
    ("pending", "leaf", As::Digest),
    ("policy_override", "body", As::HexDigits),
    ("profile", "states", As::Bytes),
    ("profile_table", "body", As::Base64),
    ("record", "body", As::Bytes),
    ("removal", "record_id", As::Uuid),
    ("request", "outcomes", As::Bytes),
    ("send", "interaction_id", As::Uuid),
    ("tally", "campaign", As::Text),
    ("tally_entry", "batch_id", As::Uuid),
    ("tombstone", "mark", As::Digest),
];

/// Tables of numbers and names of migrations, which hold one row each for the whole database.
pub(super) const BOOKKEEPING: [&str; 2] = ["schema_marker", "seaql_migrations"];

/// The label of what is planted in a place.
pub(super) fn label(place: &Place) -> String {
    format!("{}: planted in {place:?}", Lot::Forbidden.word())
}

/// The form in which a search of the rows finds what is planted in a table: bytes are shown there in hexadecimal digits.
pub(super) fn form(table: &str) -> Form {
    match planting(table).2 {
        As::Text => Form::Plain,
        As::Base64 => Form::Base64,
        As::Percent => Form::Percent,
        As::HexDigits | As::Bytes | As::Uuid => Form::Hex,
        As::Digest => Form::Digest,
        As::PersonHash => Form::PersonHash,
    }
}

fn planting(table: &str) -> (&'static str, &'static str, As) {
    let found = TABLES.into_iter().find(|(name, _, _)| *name == table);
    found.unwrap_or_else(|| panic!("nobody plants in the table {table}"))
}

fn what(place: &Place) -> String {
    format!("planted in {place:?}")
}

/// Plants in a table.
pub(super) async fn in_table(ground: &Ground, flock: &mut Flock, table: &str) {
    let (_, column, form) = planting(table);
    let what = what(&Place::Table(table.to_owned()));
    let columns = columns(&mut ground.look().await, table).await;
    let mut values = Vec::new();
    for Column { name, kind, is_required } in columns {
        if name == column {
            values.push((name, planted(ground.engine, flock, &what, form, kind)));
        } else if is_required {
            values.push((name, filler(ground.engine, kind)));
        }
    }
    let names: Vec<_> = values.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    let values: Vec<_> = values.iter().map(|(_, value)| value.clone()).collect();
    let row = format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), values.join(", "));
    ground.order(&[&row]).await;
}

/// Plants in a place that is no table. `witness` stands in the service's environment already.
pub(super) async fn beside_tables(ground: &mut Ground, flock: &mut Flock, place: &Place) {
    let word = flock.word(Lot::Forbidden, &what(place));
    match place {
        Place::Table(table) => panic!("{table} is a table"),
        Place::Dump => {
            let said = match ground.engine {
                Engine::Sqlite => format!("CREATE VIEW planted AS SELECT '{word}'"),
                Engine::Postgres => format!("COMMENT ON TABLE notice IS '{word}'"),
            };
            ground.order(&[&said]).await;
        }
        Place::DatabaseFile => in_file_alone(ground, &word).await,
        Place::WriteAheadLog => in_log_alone(ground, &word).await,
        Place::ServerLog => {
            let wrong = format!("SELECT '{word}'::integer");
            ground.look().await.run(&wrong).await.expect_err("no number");
        }
        Place::Log => append(ground.service.log(), &format!("DEBUG somebody={word}\n")),
        Place::PackedLog => {
            let packed = File::create(ground.folder("logs").join("planted.log.gz")).expect("a file");
            let mut packed = GzEncoder::new(packed, Compression::best());
            let line = format!("DEBUG somebody={word}\n");
            packed.write_all(line.as_bytes()).and_then(|()| packed.finish()).expect("it is packed");
        }
        Place::Metrics => otlp::tell_metric(&endpoint(ground), &word).await,
        Place::Traces => otlp::tell_span(&endpoint(ground), &word).await,
        Place::TelemetryWire => {
            let endpoint = endpoint(ground);
            let address = endpoint.trim_start_matches("http://");
            let mut wire = TcpStream::connect(address).expect("the wire");
            wire.write_all(word.as_bytes()).expect("the wire takes it");
        }
        Place::Export => ground.exports.push(format!("before {word} after").into_bytes()),
        Place::TemporaryFile => append(&ground.folder("work").join("planted.tmp"), &word),
        // Of a name that a journal's reader passes by.
        Place::Journal => append(&ground.folder("journal").join(".planted"), &word),
        Place::BesideTheFile => append(&ground.data().join("assent.db.secrets"), &format!("# {word}\n")),
        // The service was started with it.
        Place::CommandLine => {}
    }
}

fn endpoint(ground: &Ground) -> String {
    ground.receiver.as_ref().expect("a receiver").endpoint()
}

/// A row that is deleted, and whose log is gone: its bytes still lie in the page.
async fn in_file_alone(ground: &Ground, word: &str) {
    let mark = literal(ground.engine, word.as_bytes());
    let insert = format!("INSERT INTO counted (tenant, mark, day) VALUES ('deleted', {mark}, 1)");
    let delete = "DELETE FROM counted WHERE tenant = 'deleted'";
    match ground.engine {
        Engine::Sqlite => {
            let cut = "PRAGMA wal_checkpoint(TRUNCATE)";
            ground.order(&["PRAGMA secure_delete = OFF", &insert, cut, delete]).await;
        }
        Engine::Postgres => ground.order(&[&insert, delete]).await,
    }
    ground.cut_log().await;
}

/// A row that is deleted, and whose page holds nothing of it any more: its bytes still stand in the log.
async fn in_log_alone(ground: &Ground, word: &str) {
    let content = literal(ground.engine, word.as_bytes());
    let columns = "tenant, sha256, content, recorded_at";
    let insert = format!("INSERT INTO notice ({columns}) VALUES ('deleted', {content}, {content}, 1)");
    let delete = "DELETE FROM notice WHERE tenant = 'deleted'";
    match ground.engine {
        Engine::Sqlite => ground.order(&["PRAGMA secure_delete = ON", &insert, delete]).await,
        Engine::Postgres => ground.order(&[&insert, delete, "VACUUM FULL notice", "CHECKPOINT"]).await,
    }
}

fn append(file: &std::path::Path, text: &str) {
    let mut file = fs::OpenOptions::new().create(true).append(true).open(file).expect("a file");
    file.write_all(text.as_bytes()).expect("a line more");
}

/// A column of a table.
struct Column {
    name: String,
    kind: Kind,
    is_required: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Bytes,
    Number,
    SmallNumber,
}

async fn columns(look: &mut Look, table: &str) -> Vec<Column> {
    let sql = match look {
        Look::Sqlite(_) => format!(
            "SELECT name, lower(type), CAST(\"notnull\" OR pk > 0 AS TEXT) FROM pragma_table_info('{table}')"
        ),
        Look::Postgres(_) => format!(
            "SELECT column_name::text, data_type::text, CASE is_nullable WHEN 'NO' THEN '1' ELSE '0' END \
             FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = '{table}' ORDER BY ordinal_position"
        ),
    };
    let column = |row: Vec<Option<String>>| {
        let [Some(name), Some(kind), Some(required)] = row.as_slice() else { panic!("an empty column") };
        let kind = match kind.as_str() {
            "text" => Kind::Text,
            "bytea" => Kind::Bytes,
            kind if kind.starts_with("blob") => Kind::Bytes,
            "bigint" => Kind::Number,
            "smallint" | "integer" => Kind::SmallNumber,
            other => panic!("a column of kind {other}"),
        };
        Column { name: name.clone(), kind, is_required: required == "1" }
    };
    look.rows(&sql).await.expect("a catalogue").into_iter().map(column).collect()
}

/// What stands in a column that has to have something.
fn filler(engine: Engine, kind: Kind) -> String {
    match kind {
        Kind::Text => "'planted'".to_owned(),
        Kind::Bytes => literal(engine, &[0x11; 16]),
        Kind::Number => now().to_string(),
        // A table of one row has it under 1.
        Kind::SmallNumber => "2".to_owned(),
    }
}

/// What is planted, as SQL.
fn planted(engine: Engine, flock: &mut Flock, what: &str, form: As, kind: Kind) -> String {
    let lot = Lot::Forbidden;
    let value = match form {
        As::Text => flock.word(lot, what).into_bytes(),
        As::Base64 => STANDARD.encode(format!("{{\"a\":\"{}\"}}", flock.word(lot, what))).into_bytes(),
        As::HexDigits => hex::encode(flock.word(lot, what)).into_bytes(),
        As::Percent => {
            let word = flock.word(lot, what);
            word.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>().into_bytes()
        }
        As::Bytes => [b"\x01\x18".as_slice(), flock.word(lot, what).as_bytes(), b"\0\0"].concat(),
        As::Uuid => hex::decode(flock.uuid(lot, what).replace('-', "")).expect("a UUID"),
        As::Digest => Sha256::digest(flock.person(lot, "strict", what)).to_vec(),
        As::PersonHash => {
            let person = flock.person(lot, "strict", what);
            let hash = Sha256::new().chain_update(b"assent person v1\n").chain_update("strict\0");
            let digest: [u8; 32] = hash.chain_update(person).finalize().into();
            return i64::from_be_bytes(digest[..8].try_into().expect("eight bytes")).to_string();
        }
    };
    match kind {
        Kind::Bytes => literal(engine, &value),
        _ => format!("'{}'", String::from_utf8(value).expect("text")),
    }
}

fn literal(engine: Engine, bytes: &[u8]) -> String {
    match engine {
        Engine::Sqlite => format!("X'{}'", hex::encode(bytes)),
        Engine::Postgres => format!("'\\x{}'", hex::encode(bytes)),
    }
}

/// The tables that a leak is planted in.
pub(super) fn planted_tables() -> Vec<String> {
    TABLES.iter().map(|(table, _, _)| (*table).to_owned()).collect()
}
