//! Reads policies, and stores and reads what a tenant changes of them.

use assent_proto::v1;

use super::Settings;
use crate::error::{Error, Result};
use crate::page::{Page, Paging};
use crate::policy::{Policy, PolicyOverride};

impl Settings<'_> {
    /// Stores what the tenant changes of a built-in policy, whole: what is absent is absent from then on.
    ///
    /// # Errors
    ///
    /// [`Reason::EtagMismatch`](crate::Reason::EtagMismatch), [`Reason::PolicyUnknown`](crate::Reason::PolicyUnknown),
    /// [`Reason::PolicyLoosened`](crate::Reason::PolicyLoosened),
    /// [`Reason::PolicyOverridden`](crate::Reason::PolicyOverridden).
    pub async fn put_policy_override(self, policy_override: PolicyOverride) -> Result<PolicyOverride> {
        let message = v1::PutPolicyOverrideRequest { policy_override: Some(policy_override.into_wire()) };
        let answer = self
            .caller
            .unary(message, |request| {
                let mut client = self.caller.settings();
                async move { client.put_policy_override(request).await }
            })
            .await?;
        PolicyOverride::promised(answer.policy_override)
    }

    /// Gives one override as it is in force.
    ///
    /// # Errors
    ///
    /// [`Reason::PolicyUnknown`](crate::Reason::PolicyUnknown).
    pub async fn policy_override(self, id: impl Into<String>) -> Result<PolicyOverride> {
        let answer = self
            .caller
            .unary(v1::GetPolicyOverrideRequest { id: id.into() }, |request| {
                let mut client = self.caller.settings();
                async move { client.get_policy_override(request).await }
            })
            .await?;
        PolicyOverride::promised(answer.policy_override)
    }

    /// Lists the overrides in force in the order of their ids, compared byte by byte; at most 500 a page.
    ///
    /// # Errors
    ///
    /// [`Reason::PageTokenMalformed`](crate::Reason::PageTokenMalformed).
    pub async fn policy_overrides(self, paging: Paging) -> Result<Page<PolicyOverride>> {
        let (page_size, page_token) = paging.into_wire();
        let answer = self
            .caller
            .unary(v1::ListPolicyOverridesRequest { page_size, page_token }, |request| {
                let mut client = self.caller.settings();
                async move { client.list_policy_overrides(request).await }
            })
            .await?;
        let overrides = answer.policy_overrides.into_iter().map(PolicyOverride::from_wire).collect();
        Ok(Page::from_wire(overrides, answer.next_page_token))
    }

    /// Gives one policy, built in or an override's; of that version, counted from 1, or else the one in force.
    ///
    /// # Errors
    ///
    /// [`Reason::PolicyUnknown`](crate::Reason::PolicyUnknown).
    pub async fn policy(self, id: impl Into<String>, version: Option<u32>) -> Result<Policy> {
        let answer = self
            .caller
            .unary(v1::GetPolicyRequest { id: id.into(), version }, |request| {
                let mut client = self.caller.settings();
                async move { client.get_policy(request).await }
            })
            .await?;
        Policy::from_wire(answer.policy.ok_or_else(|| Error::unintelligible("policy"))?)
    }

    /// Lists the policies in the versions in force, built in and overrides, in the order of their ids, compared byte by
    /// byte; at most 500 a page.
    ///
    /// # Errors
    ///
    /// [`Reason::PageTokenMalformed`](crate::Reason::PageTokenMalformed).
    pub async fn policies(self, paging: Paging) -> Result<Page<Policy>> {
        let (page_size, page_token) = paging.into_wire();
        let answer = self
            .caller
            .unary(v1::ListPoliciesRequest { page_size, page_token }, |request| {
                let mut client = self.caller.settings();
                async move { client.list_policies(request).await }
            })
            .await?;
        let policies = answer.policies.into_iter().map(Policy::from_wire).collect::<Result<_>>()?;
        Ok(Page::from_wire(policies, answer.next_page_token))
    }
}
