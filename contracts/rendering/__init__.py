"""What is written from the declared form: each module gives texts, `contracts.render` writes them."""
