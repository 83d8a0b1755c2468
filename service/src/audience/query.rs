//! QueryEngagement: whether profiles have opened, clicked, visited or reached something.

use assent_domain::engagement::{Engagement, Question as Asked, answer};
use assent_domain::id::{TableId, TenantId};
use assent_domain::sight::Window;
use assent_domain::time::{Instant, Span};
use assent_proto::v1::{
    QueryEngagementRequest, QueryEngagementResponse, QueryEngagementResult, query_engagement_result,
};
use assent_store::{ProfileKey, SendsAsked, Store};

use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::rules::Rules;
use crate::sight::{Going, Seeking, look};
use crate::wire::from_wire::audience::Question;
use crate::wire::status::of_item;
use crate::wire::{from_wire, to_wire};

pub(super) async fn query(
    context: &Context,
    call: Call,
    request: QueryEngagementRequest,
) -> Outcome<QueryEngagementResponse> {
    let (tenant, now) = (call.tenant(), context.clock.now());
    let table = from_wire::profile::table(&request.profile_table).map_err(|misfit| misfit.at(""))?;
    let asked = request.questions.iter().enumerate();
    let asked = asked.map(|(index, question)| from_wire::audience::question(question, index));
    let asked: Vec<Outcome<Question>> = asked.collect();

    let store = context.store_for(&call);
    let rules = Rules::load(context, &call, &table).await?;
    let questions: Vec<&Question> = asked.iter().flatten().collect();
    let seeking = seeking(&store, tenant, &table, &questions, now).await?;

    let told = look(&store, tenant, &rules, &seeking, |place, seen| {
        let Question { name, kinds, window, .. } = questions[place];
        let question = Asked { kinds, functional_link: seen.functional_link, window: *window };
        let told = answer(&question, &seen.known, seen.rows, now);
        Going {
            open: !matches!(told.engagement, Engagement::Yes(_)),
            answer: to_wire::audience::engagement(name, &told),
        }
    });
    let told = told.await?;

    let mut told = told.into_iter();
    let results = asked.iter().map(|question| {
        let result = match question {
            Ok(_) => {
                let answer = told.next().ok_or_else(|| Failure::internal("a question has no answer"))?;
                query_engagement_result::Result::Engagement(answer)
            }
            Err(failure) => query_engagement_result::Result::Error(of_item(failure, &call.id)?),
        };
        Ok(QueryEngagementResult { result: Some(result) })
    });
    Ok(QueryEngagementResponse { results: results.collect::<Outcome<_>>()? })
}

/// What is looked for, with the sends that lead to the questions' targets.
async fn seeking<'a>(
    store: &Store,
    tenant: &TenantId,
    table: &TableId,
    questions: &[&'a Question],
    now: Instant,
) -> Outcome<Vec<Seeking<'a>>> {
    let key = |question: &Question| ProfileKey { table: table.clone(), id: question.profile.clone() };
    let keys: Vec<ProfileKey> = questions.iter().map(|question| key(question)).collect();
    let wanted = questions.iter().zip(&keys);
    let wanted = wanted.map(|(question, key)| SendsAsked { key, target: &question.target, started_by: None });
    let sends = store.sends_toward(tenant, &wanted.collect::<Vec<_>>()).await?;
    let seeking = questions.iter().zip(keys).zip(sends).map(|((question, key), sends)| {
        let Question { target, kinds, link, window, .. } = question;
        let window = window.unwrap_or(Window::EVER);
        // At the server's now is in, what is dated ahead of it is not.
        let until = window.deadline.min(now.plus(Span::from_micros(1)));
        Seeking { key, target, kinds, link: link.as_ref(), sends, start: window.start, until }
    });
    Ok(seeking.collect())
}
