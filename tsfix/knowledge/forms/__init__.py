"""The form of the TOML files: what a key may hold and means, as pydantic models. Only the compiler needs them."""
