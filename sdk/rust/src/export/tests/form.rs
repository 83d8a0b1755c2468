//! What stands in the files.

use super::actito::COLUMNS;
use super::*;
use crate::scripted::changes::change;

#[tokio::test]
async fn the_csv_has_the_shape_of_actitos() {
    let service = Scripted::start().await;
    service.ledger(30, 1_000);
    let folder = tempfile::tempdir().unwrap();
    let exported = run(&service.client(), both(folder.path())).await.unwrap();
    let files = files(folder.path());
    let names: Vec<_> = files.keys().map(String::as_str).collect();
    let ends = ["csv.gz", "manifest.json", "ndjson.gz"].map(|end| format!("consents_20261122.{end}"));
    assert_eq!(names, ends);

    let text = text(&files[&ends[0]]);
    assert!(
        text.starts_with("profileTable;profileId;profileVersion;purpose;scope;consent;"),
        "no BOM, a header"
    );
    assert!(!text.contains('\r') && text.ends_with('\n'));
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(text.as_bytes());
    assert_eq!(reader.headers().unwrap(), &COLUMNS[..]);
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!((rows.len() as u64, rows.len()), (exported.manifest.files[0].rows, 40), "a row for each line");
    let first = "newsletter;p1;1;TRACKING;EMAIL_OPEN;TRUE;GRANTED;UNKNOWN;GRANTED;2026-09-01T12:00:01Z;\
                 2026-09-01T12:00:01Z;EXPLICIT;checkbox;;;;;legacy:1;;1;00000000-0000-7000-8000-000000000001";
    assert_eq!(text.lines().nth(1), Some(first));
    let tenth = rows.iter().find(|row| &row[19] == "10").unwrap();
    assert_eq!((&tenth[1], as_written(&tenth[1]).as_str()), ("'=\"10\";é", "=\"10\";é"));
}

#[tokio::test]
async fn the_ndjson_has_every_value_as_it_was_written() {
    let service = Scripted::start().await;
    service.ledger(30, 1_000);
    let folder = tempfile::tempdir().unwrap();
    run(&service.client(), both(folder.path())).await.unwrap();
    let text = text(&files(folder.path())["consents_20261122.ndjson.gz"]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 30);
    let first = "{\"record_id\":\"00000000-0000-7000-8000-000000000001\",\"position\":1,\
                 \"profile_table\":\"newsletter\",\"profile\":\"p1\",\"profile_version\":1,\
                 \"recorded_at\":\"2026-09-01T12:00:01Z\",\"effective_at\":\"2026-09-01T12:00:01Z\",\
                 \"lines\":[{\"series\":\"EMAIL_OPEN\",\"effect\":\"GRANTED\",\"old_state\":\"UNKNOWN\",\
                 \"new_state\":\"GRANTED\"}],\"basis\":\"EXPLICIT\",\"method\":\"checkbox\",\
                 \"policies\":[{\"id\":\"legacy\",\"version\":1}]}";
    assert_eq!(lines[0], first);
    let tenth: serde_json::Value = serde_json::from_str(lines[9]).unwrap();
    assert_eq!(tenth["profile"], "=\"10\";é");
}

#[tokio::test]
async fn the_manifest_holds_what_the_files_hold() {
    let service = Scripted::start().await;
    service.ledger(30, 1_000);
    let folder = tempfile::tempdir().unwrap();
    let exported = run(&service.client(), both(folder.path())).await.unwrap();
    for (path, told) in exported.files.iter().zip(&exported.manifest.files) {
        let bytes = fs::read(path).unwrap();
        assert_eq!(path.file_name().unwrap().to_str(), Some(told.name.as_str()));
        assert_eq!((bytes.len() as u64, text(&bytes).len() as u64), (told.bytes, told.text_bytes));
        let digest: [u8; 32] = <sha2::Sha256 as sha2::Digest>::digest(&bytes).into();
        assert_eq!(manifest::hex(&digest), told.sha256);
    }
    let read = Manifest::read(&exported.manifest_file).unwrap();
    assert_eq!(read, exported.manifest);
    assert_eq!((read.format_version, read.created_at.as_str()), (1, "2026-11-22T14:30:05Z"));
    let json: serde_json::Value =
        serde_json::from_slice(&fs::read(&exported.manifest_file).unwrap()).unwrap();
    assert_eq!(json["files"][0]["format"], "csv");
    assert_eq!(json["ledger_head"]["chain"], "09".repeat(32));
}

/// What a spreadsheet would make of a row, whatever it takes for the end of a cell.
fn lives(row: &str) -> bool {
    row.split([',', ';', '|', '"', '\t', '\r', '\n']).any(|cell| {
        let cell = cell.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}');
        cell.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
    })
}

#[test]
fn no_value_becomes_a_formula_and_none_is_lost() {
    let values = [
        "=1+1",
        "+33612345678",
        "-1",
        "@SUM(A1)",
        " =1",
        "\u{feff}=1",
        "a,=1",
        "a;=1",
        "a\"=1",
        "a|=1",
        "\t=1",
        "a\n=1",
        "＝1",
        "'",
        "''",
        "'=1",
        "a,'=1",
        "it's",
        "a-b",
        "a@b.example",
        "plain",
        "",
        "é=1",
        "a, -5",
        "=cmd|' /C calc'!A0",
        "',=",
        "'a",
    ];
    for value in values {
        let mut change = crate::ConsentChange::from_wire(change(1)).unwrap();
        change.profile = value.to_owned();
        change.origin = Some(value.to_owned());
        change.method = Some(value.to_owned());
        let mut text = String::new();
        assert_eq!(actito::rows(&mut text, &change), 1);
        assert!(!lives(&text), "{text}");
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).delimiter(b';').from_reader(text.as_bytes());
        let row = reader.records().next().unwrap().unwrap();
        for cell in [1, 12, 18] {
            assert_eq!(as_written(&row[cell]), value);
        }
    }
    // What nobody would take for a formula stays as it is.
    for plain in ["a-b", "a@b.example", "it's", "2026-09-01"] {
        let mut change = crate::ConsentChange::from_wire(change(1)).unwrap();
        change.profile = plain.to_owned();
        let mut text = String::new();
        actito::rows(&mut text, &change);
        assert_eq!(text.split(';').nth(1), Some(plain));
    }
}

#[test]
fn blocks_that_are_deflated_one_by_one_are_one_stream() {
    for text in [String::new(), "a".to_owned(), "consent;".repeat(100_000)] {
        let mut file = gzip::HEADER.to_vec();
        let (mut crc, mut length) = (0, 0);
        for block in text.as_bytes().chunks(70_000) {
            file.extend(gzip::deflate(block).unwrap());
            crc = gzip::crc_of(crc, length, block);
            length += block.len() as u64;
        }
        file.extend(gzip::end(crc, length));
        assert_eq!(super::text(&file), text);
    }
}

#[test]
fn a_name_is_one_of_a_file_in_its_folder() {
    let now = Instant::from_micros(NOW);
    for fine in ["a", "consents", "consents_$yyyyMMdd", "$yyyyMMdd-$HHmmss", "crm.changes"] {
        assert!(name::check(fine).is_ok(), "{fine}");
    }
    let long = "a".repeat(101);
    for wrong in ["", ".", "..", ".hidden", "a/b", "a\\b", "../a", "a b", "-rf", "a.", "$yyyy", "a\0", &long]
    {
        assert!(matches!(name::check(wrong), Err(ExportError::NameWrong)), "{wrong:?}");
    }
    assert_eq!(name::stem("consents_$yyyyMMdd", now).unwrap(), "consents_20261122");
    assert_eq!(name::stem("$yyyyMMdd_$HHmmss", now).unwrap(), "20261122_143005");
    assert_eq!(name::work_folder("c_$yyyyMMdd"), ".c_yyyyMMdd.export");
}
