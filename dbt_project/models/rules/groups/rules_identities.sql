-- Grain: one row per report: the families of identities, by the residuals that the facts show.
{%- set conditions = family_conditions('identities') %}
with residuals as (select * from {{ ref('int_identity_residuals') }}),

prior_residuals as (select * from {{ ref('int_prior_residuals') }}),

joined as (
    select
        residuals.*,
        prior_residuals.* exclude (prior_residuals.report_key)
    from residuals
    inner join prior_residuals on residuals.report_key = prior_residuals.report_key
),

{{ judged_rules('identities', conditions, 'joined') }}
