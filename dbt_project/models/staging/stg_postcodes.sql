select
    postcode,
    postcode_area,
    outward_code,
    authority_code,
    region_code,
    ward_code,
    lsoa_code,
    easting,
    northing
from {{ source('reference', 'postcodes') }}
where is_synthetic = {{ var('is_synthetic') }}
