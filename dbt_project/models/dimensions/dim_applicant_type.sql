-- Grain: one row per applicant type.
with applicant_types as (select * from {{ ref('applicant_types') }})

select
    cast(applicant_type as {{ code_type('applicant_type') }}) as applicant_type,
    applicant_type_zh,
    applicant_type_en,
    is_organization,
    sort_order
from applicant_types
