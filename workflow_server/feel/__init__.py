"""The one expression language: FEEL, by the same bundle that the browser runs."""
