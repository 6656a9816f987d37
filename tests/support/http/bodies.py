"""Bodies of calls with lines, for fuzzing: valid ones, and ones that are nearly so."""

from hypothesis import strategies as st

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=3),
    lambda values: (
        st.lists(values, max_size=3)
        | st.dictionaries(st.sampled_from(["lines", "product_id", "warehouse_id", "quantity", "x"]), values, max_size=4)
    ),
    max_leaves=8,
)
LINES = st.fixed_dictionaries(
    {"product_id": st.sampled_from(["P-1", "P-2", "P-1", "P-2", "P-9"]), "quantity": st.integers(1, 6)},
    optional={"warehouse_id": st.sampled_from(["main", "outlet", None])},
)
ODD_LINES = st.fixed_dictionaries(
    {"product_id": st.sampled_from(["P-1", "P-9"]) | JSON, "quantity": st.integers(-1, 12) | JSON},
    optional={"warehouse_id": st.sampled_from(["main", None]) | JSON},
)
