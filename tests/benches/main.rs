//! How fast Assent is, measured against what the same machine can do without it.
//!
//! ```text
//! cargo bench -p assent-tests --bench goals                        # all of it, in the short form
//! cargo bench -p assent-tests --bench goals -- judge               # one goal, by its name below
//! cargo bench -p assent-tests --bench goals -- single --engine postgres
//! cargo bench -p assent-tests --bench goals -- --profiles 1000000 --seconds 20 --runs 7
//! cargo bench -p assent-tests --bench goals -- import --lines 1000000 --seconds 10
//! cargo bench -p assent-tests --bench goals -- wait-blocks --interactions 20000000 --seconds 20
//! cargo bench -p assent-tests --bench goals -- watch --rate 2000 --seconds 20
//! cargo bench -p assent-tests --bench goals -- export --changes 10000000 --seconds 10
//! cargo bench -p assent-tests --bench goals -- soak --profiles 1000000 --seconds 1200
//! ```
//!
//! - `judge`: what a verdict costs, over a table of ordinary cases. The goal (S11) is less than 1 µs.
//! - `single`: UpsertConsents with one item, 64 callers (S1, at least 0.8 of its ceiling).
//! - `batch`: UpsertConsents with 100 items, 8 callers (S2, at least 0.6 of its ceiling).
//! - `interaction`: RecordInteractions with one item, 64 callers (S3, at least 0.5 of its ceiling).
//! - `interactions`: RecordInteractions with 1,000 items, 4 callers (S4, at least 0.8 of its ceiling; S8 on SQLite,
//!   0.7). Ids come in the order of time, with `--random-ids` in none.
//! - `streamed`: the same batches by StreamInteractions, 4 streams, with each of the `--windows` in turn as so many batches on their way
//!   (S4, at least 0.8 of its ceiling; S8 on SQLite, 0.7), and in calls beside it.
//! - `wait-blocks`: EvaluateWaitBlocks with 1,000 blocks, 2 callers (S5, at least 0.8 of its ceiling; S8 on SQLite, 0.7),
//!   over so many `--interactions`, and beside it over a hundredth of them.
//! - `import`: a list of so many `--lines` into ImportConsents: its rate beside the ceiling of S2, what 99 of 100 single
//!   answers take beside it and without (at most twice as long), and the memory of both ends at a tenth and at the end.
//! - `watch`: from the acknowledgement of a consent to a watcher of the changes who sees it (S7, p99 below 50 ms), at so many
//!   changes a second (`--rate`), on the replica that wrote it and on another.
//! - `export`: ReadConsentChanges with 5,000 changes a page, 4 readers, over so many `--changes` (S6, at least 0.6 of its
//!   ceiling), and the memory of both ends at a tenth and at the end (at most 1.2 times as much), of one who reads all of them page
//!   by page, and of one who watches them from the oldest on.
//! - `start`: how long the real binary takes from exec to its first answer, on nothing and on what the seed of `wait-blocks` has, and
//!   the memory it holds idle, under `interaction`, `interactions` and `wait-blocks` at once, and afterwards (S9: less than 1 s on SQLite,
//!   40 MB, 200 MB). Needs the binary of the same build: `cargo build --release -p assent-service`.
//! - `growth`: what consents, interactions, wait blocks, GetConsents and a report cost service and database over a hundredth, a tenth and
//!   all of so many `--interactions`, with a twentieth as many profiles (S10: at most 1.3 times), and how long a month takes to be dropped.
//! - `together`: `interactions` and `wait-blocks` at the same time over the seed of the latter (S4b, at least 0.8 of both files at the
//!   same time, in the mean).
//! - `soak`: interactions, consents and wait blocks together for so many `--seconds` at a fixed rate, of which `--load` is so many per
//!   cent (PostgreSQL alone): what calls took in each 10 seconds, beside checkpoints, vacuums, dead rows and the log; bytes of an
//!   interaction and of a consent on disk, and events a day and core. No goal is set.
//! - `numbering`: what recorded consents cost more because they are numbered. No goal is set: the ratio alone.
//! - `gate`: PlanTracking and QueryEngagement about 1,000 people, and GetCampaignReport, 2 callers, over so many
//!   `--interactions`. No goal is set for them: their figures alone.
//!
//! The machine is small and noisy, so what binds is the ratio inside one run and the CPU of an operation; a rate
//! stands beside them for orientation. Each figure is the median of runs that take turns: the service, its
//! ceiling, the ceiling, the service, …; what others and the hypervisor took of the machine meanwhile is printed, and
//! what 99 of 100 calls did not take longer than.
//!
//! A ceiling is the same row writes in one transaction on a copy of the same database, or the same look-up alone, without
//! the service: the files in `sql`, run by `pgbench` on PostgreSQL and by the shell `sqlite3` on SQLite. Recording is
//! gated by one join with the people's states; of wait blocks it is the interactions alone that are looked up, neither
//! sends nor consents. The ceiling of `interaction` is a service that does nothing, with the same message and callers;
//! the row writes stand beside it. The services are this program once more, in processes of their own.
//!
//! The interactions that wait blocks look into are made once for each engine, number and schema, and kept in
//! `target/benches` (about 6 GB for 20,000,000 on PostgreSQL, and as much again while they are measured, which is on a
//! copy). What lies there may be removed at any time.
//!
//! At the end stands one table of all figures; `--json FILE` writes them, each with its ceiling, its goal, the CPU of an operation, what
//! else the machine did, the settings and the sizes. `--tell FILE` has the rows of such a file in the table and in what is written,
//! beside what is measured; without a goal's name nothing else is measured.
//!
//! `--given NAME=VALUE` is in the environment of every service that is measured: `ASSENT_DATABASE__MAX_CONNECTIONS=4`,
//! `TOKIO_WORKER_THREADS=1`. `--statements` has PostgreSQL count what each of the service's statements takes, and prints the longest.
//! `--commit-delay 2000` has PostgreSQL wait 2 ms before each flush, on both sides: a disk that answers late is what
//! sharing a transaction between callers is for. A ceiling that falls below 0.8 of what it reached when the goal was
//! set is told as weak.
//!
//! Deliberately not here: faults.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program that measures: it reads clocks, prints, and ends when it cannot go on"
)]

mod caller;
mod ceiling;
mod exporting;
mod gate;
mod ground;
mod growth;
mod importing;
mod judge;
mod machine;
mod memory;
mod noop;
mod numbering;
mod options;
mod report;
mod row;
mod seed;
mod service;
mod sheet;
mod soaking;
mod starting;
mod statements;
mod streaming;
mod tabular;
mod together;
mod turns;
mod waiting;
mod watching;
mod writing;

// The services are this program too, and allocate as the binary does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    if service::is_asked_for(service::ORDER) {
        service::run();
    } else if service::is_asked_for(noop::ORDER) {
        noop::run();
    } else if service::is_asked_for(importing::ORDER) {
        importing::run();
    } else {
        let options = options::Options::read(std::env::args().skip(1));
        service::give(options.given.clone());
        let machine = machine::described();
        println!("{machine}");
        let sheet = sheet::Sheet::default();
        for file in &options.told {
            sheet.take_over(file);
        }
        if options.wants("judge") {
            judge::measure(&options, &sheet);
        }
        for engine in options.engines() {
            writing::measure(&options, &sheet, engine);
            streaming::measure(&options, &sheet, engine);
            importing::measure(&options, &sheet, engine);
            waiting::measure(&options, &sheet, engine);
            gate::measure(&options, &sheet, engine);
            watching::measure(&options, &sheet, engine);
            exporting::measure(&options, &sheet, engine);
            numbering::measure(&options, &sheet, engine);
            starting::measure(&options, &sheet, engine);
            growth::measure(&options, &sheet, engine);
            together::measure(&options, &sheet, engine);
            soaking::measure(&options, &sheet, engine);
        }
        sheet.print();
        if let Some(file) = &options.json {
            sheet.write(file, &machine);
        }
    }
}
