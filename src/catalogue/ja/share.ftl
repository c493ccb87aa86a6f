# Going to the background, and connections that are shared.

share-cannot-fork = バックグラウンドに移れません: { $error }
share-cannot-detach = 端末から離れられません: { $error }
