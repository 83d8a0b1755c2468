//! The model: stories by chance go through the service and through a naive reading of the domain's rules that shares no line
//! with it; every answer must be equal.
//!
//! The model keeps every record in one list and answers every question by reading it through. It was written from the rules
//! alone. `TEST_MODEL_SEED` begins elsewhere, `TEST_MODEL_STORIES` makes it longer, and
//! `TEST_MODEL_DIFFERENCES` ends it only after so many of them:
//! `TEST_MODEL_STORIES=5000 TEST_MODEL_SEED=$RANDOM target/debug/with-postgres cargo test -p assent-tests --test it model`
//! (nextest would end a test after three minutes). A difference is told with the shortest story that still shows it.
//!
//! Left out of the stories: when exactly what a withdrawal took from every read is gone from disk; overrides of anything but how
//! long a grant holds, and a change of that; recorded plans of notices and requests; interactions older than their retention; grants and notices without a date; devices; a request, or facts beside a
//! no, of somebody who was erased, of which the rules say nothing; imports of more than one chunk.

mod ask;
mod compare;
mod engage;
mod erase;
mod exempt;
mod judge;
mod plan;
mod policy;
mod record;
mod says;
mod see;
mod story;
mod tally;
mod tell;
mod wait;
mod wire;

use assent_proto::v1;
use assent_tests::app::TestApp;
use assent_tests::{apply, every_app};

use crate::faults::number_from;
use compare::{Difference, Telling};
use story::{Step, Story};

/// How many steps a story has after its beginning.
const STEPS: usize = 24;

#[apply(every_app)]
async fn the_service_answers_as_the_rules_read(app: &TestApp) {
    let stories: u64 = number_from("TEST_MODEL_STORIES", 50);
    let seed: u64 = number_from("TEST_MODEL_SEED", 20_260_901);
    let wanted: usize = number_from("TEST_MODEL_DIFFERENCES", 1);
    let text = text(app).await;
    let mut found = Vec::new();
    for number in 0..stories {
        let seed = seed.wrapping_add(number);
        let story = tell::tell(seed, STEPS);
        if let Err(difference) = hear(app, &text, &story).await {
            let (story, difference) = shortest(app, &text, story, difference).await;
            found.push(format!(
                "TEST_MODEL_SEED={seed} TEST_MODEL_STORIES=1\n{:?}\n{:#?}\n{difference}\n",
                story.world, story.steps
            ));
        }
        assert!(found.len() < wanted, "{}", found.join("\n"));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(stories < 50 || compare::expiries_seen() > 0, "nothing ever ran out");
}

/// The text that people are shown.
async fn text(app: &TestApp) -> Vec<u8> {
    let put = v1::PutNoticeRequest { text: assent_tests::story::notice_text("ours") };
    let put = app.client().consents().put_notice(put).await.expect("a notice is stored");
    put.into_inner().notice.expect("a notice").id
}

async fn hear(app: &TestApp, text: &[u8], story: &Story) -> Result<(), Difference> {
    let mut telling = Telling::begin(app, text, &story.world).await;
    for step in &story.steps {
        telling.step(step).await?;
    }
    Ok(())
}

/// Leaves out whatever the difference does not need.
async fn shortest(
    app: &TestApp,
    text: &[u8],
    mut story: Story,
    mut found: Difference,
) -> (Story, Difference) {
    let mut shorter = true;
    while shorter {
        shorter = false;
        for candidate in story::shorter(&story) {
            let Err(difference) = hear(app, text, &candidate).await else { continue };
            // The same question is answered wrongly, not another.
            if difference.split(':').next() == found.split(':').next() {
                (story, found, shorter) = (candidate, difference, true);
                break;
            }
        }
    }
    story.steps.retain(|step| !matches!(step, Step::Do(deeds) if deeds.is_empty()));
    (story, found)
}
