-- Grain: one row per body, report year, applicant type and outcome of a passed table.
{{
    config(
        materialized='view',
        pre_hook="use mart",
        post_hook="use " ~ target.database,
    )
}}

with applications as (
    select * from {{ ref('fct_applications').include(database=false) }}
    where status in ('passed', 'accepted')
),

flows as (select * from {{ ref('fct_application_flows').include(database=false) }}),

authorities as (select * from {{ ref('dim_authority').include(database=false) }}),

applicant_types as (select * from {{ ref('dim_applicant_type').include(database=false) }}),

outcomes as (select * from {{ ref('dim_outcome').include(database=false) }})

select
    applications.report_key,
    applications.authority_key,
    authorities.authority_zh,
    applications.report_year,
    applications.applicant_type,
    applicant_types.applicant_type_zh,
    applicant_types.applicant_type_en,
    applications.outcome,
    outcomes.outcome_zh,
    outcomes.outcome_en,
    outcomes.outcome_category,
    outcomes.outcome_category_zh,
    outcomes.outcome_category_en,
    applications.applications,
    flows.decided,
    applications.status,
    cast(applications.applications as double) / nullif(flows.decided, 0) as share_of_decided
from applications
left join flows
    on
        applications.report_key = flows.report_key
        and applications.applicant_type = flows.applicant_type
inner join authorities on applications.authority_key = authorities.authority_key
inner join applicant_types on applications.applicant_type = applicant_types.applicant_type
inner join outcomes on applications.outcome = outcomes.outcome
