# Going to the background, and connections that are shared.

share-cannot-fork = cannot go to the background: { $error }
share-cannot-detach = cannot leave the terminal: { $error }
