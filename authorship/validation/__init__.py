"""How well a reference tells its candidates apart: classifiers, leave-one-film-out, the whole benchmark."""
