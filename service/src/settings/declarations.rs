//! What websites, campaigns and messages have in common: each is stored against the version that the caller last
//! read, given by its id, and listed page by page.

use assent_store::{Declaration, DeclarationKind, StoreError, StoredDeclaration};

use super::PAGE_MAX;
use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome, Thing};
use crate::page;
use crate::wire::etag;
use crate::wire::token::{FilterHash, List};

/// Stores a declaration and gives it as it is stored.
///
/// # Errors
/// [`Failure::EtagMismatch`], [`Failure::MessageFixed`]; what the store says.
pub(super) async fn put(
    context: &Context,
    call: &Call,
    declaration: &Declaration<'_>,
    etag: Option<&str>,
) -> Outcome<StoredDeclaration> {
    let (tenant, now) = (call.tenant(), context.clock.now());
    let held = context.store_for(call).declaration(tenant, declaration.kind, declaration.id).await?;
    let last_read = etag::last_read(etag, held.as_ref().map(|held| &held.stored));

    let put = context.store_for(call).put_declaration(tenant, declaration, last_read, now).await;
    put.map_err(|error| match error {
        StoreError::Conflict => Failure::EtagMismatch,
        error => error.into(),
    })
}

/// Gives a declaration.
///
/// # Errors
/// [`Failure::Unknown`]; what the store says.
pub(super) async fn get(
    context: &Context,
    call: &Call,
    kind: DeclarationKind,
    id: &str,
) -> Outcome<StoredDeclaration> {
    let held = context.store_for(call).declaration(call.tenant(), kind, id).await?;
    held.ok_or(Failure::Unknown(match kind {
        DeclarationKind::Website => Thing::Website,
        DeclarationKind::Campaign => Thing::Campaign,
        DeclarationKind::Message => Thing::Message,
    }))
}

/// Gives a page of declarations of a kind with their ids, and the token of the next one.
///
/// # Errors
/// [`Failure::PageToken`]; what the store says.
pub(super) async fn list(
    context: &Context,
    call: &Call,
    kind: DeclarationKind,
    (asked, token): (u32, Option<&str>),
) -> Outcome<(Vec<(String, StoredDeclaration)>, Option<String>)> {
    let (tenant, unfiltered, list) = (call.tenant(), FilterHash::of(b""), list_of(kind));
    let size = page::size(asked, PAGE_MAX);
    let opened = token.map(|token| {
        let after = context.tokens.open_page(tenant, list, unfiltered, token).ok()?;
        String::from_utf8(after).ok()
    });
    let after = opened.map(|after| after.ok_or(Failure::PageToken)).transpose()?;

    let mut held = context
        .store_for(call)
        .list_declarations(tenant, kind, after.as_deref(), u64::from(size) + 1)
        .await?;

    let next = page::cut(&mut held, size, |(id, _)| id.clone());
    Ok((held, next.map(|id| context.tokens.page(tenant, list, unfiltered, id.as_bytes()))))
}

const fn list_of(kind: DeclarationKind) -> List {
    match kind {
        DeclarationKind::Website => List("websites"),
        DeclarationKind::Campaign => List("campaigns"),
        DeclarationKind::Message => List("messages"),
    }
}
