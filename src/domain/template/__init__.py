"""The Template aggregate: what projects are scaffolded from."""
