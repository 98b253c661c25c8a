// The gallery's booking frames need no script.
