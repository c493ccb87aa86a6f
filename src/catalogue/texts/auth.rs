//! Logging in: what the server refuses, and what is missing to log in.

texts! {
    auth_no_method_chosen
        en "no authentication method was chosen"
        ja "認証方式が選ばれていません"
    auth_no_method_chosen_hint
        en "choose one with --auth"
        ja "--auth で選んでください"
    auth_method_restricted(method)
        en "{method} is disabled to avoid man-in-the-middle attacks"
        ja "中間者攻撃を防ぐため、{method} は使えません"
    auth_method_restricted_hint
        en "the host's key changed; settle that first"
        ja "ホスト鍵が変わっています。先にそれを解決してください"
    auth_option_nobody_to_ask
        en "--auth ask needs a terminal, without BatchMode"
        ja "--auth ask には端末が必要です。BatchMode では使えません"
    auth_denied(label, list)
        en "{label}: Permission denied ({list})"
        ja "{label}: ログインを拒否されました ({list})"
    auth_refused_check(tried)
        en "{tried} was refused: check it, or choose another method with --auth"
        ja "{tried} は拒否されました。内容を確認するか、--auth で別の認証方式を選んでください"
    auth_refused_not_accepted(tried)
        en "{tried} was refused, and the server accepts only what the brackets name: choose with --auth"
        ja "{tried} は拒否されました。サーバーが受け付けるのは括弧の中の認証方式だけです。--auth で選んでください"
    auth_refused_for_good(tried)
        en "{tried} was refused, and the server accepts nothing more"
        ja "{tried} は拒否され、サーバーが受け付ける認証方式はもうありません"
    auth_refused_dead_end(tried)
        en "{tried} was refused, and no other method can be used here"
        ja "{tried} は拒否され、ほかに使える認証方式がありません"
    auth_partial_hint(done, next)
        en "{done} succeeded and further authentication is required: --auth {done},{next}"
        ja "{done} は成功しましたが、さらに認証が必要です: --auth {done},{next}"
    auth_no_answer
        en "the server did not answer the authentication request in time"
        ja "サーバーが時間内に認証の要求に応答しませんでした"
    auth_another_service
        en "the server accepted another service than ssh-userauth, the login"
        ja "サーバーが、ログイン (ssh-userauth) とは別のサービスを受け入れました"
    auth_connection_lost
        en "the connection was lost during authentication"
        ja "認証中に接続が失われました"
    auth_try_again_hint
        en "try again; the server's log may say why"
        ja "もう一度お試しください。サーバーのログに理由があるかもしれません"
    auth_setback_refused(tried, list)
        en "{tried} was refused; the server accepts {list}."
        ja "{tried} は拒否されました。サーバーが受け付けるのは {list} です。"
    auth_setback_further(tried, list)
        en "{tried} was accepted; the server also wants {list}."
        ja "{tried} は受け入れられました。サーバーは続けて {list} を求めています。"
    auth_setback_hung_up(tried)
        en "The server ended the connection after {tried}."
        ja "サーバーは {tried} の後に接続を終了しました。"
    auth_setback_password(what, label)
        en "{what} Enter alone gives up. {label}'s password: "
        ja "{what} Enter だけで中止します。{label} のパスワード: "
    auth_setback_questions(what)
        en "{what} Answer its questions (yes/no)? "
        ja "{what} サーバーの質問に答えますか (yes/no)? "
    password_retry
        en "Permission denied, please try again."
        ja "ログインを拒否されました。もう一度お試しください。"
    password_ask(label)
        en "{label}'s password: "
        ja "{label} のパスワード: "
    password_expired
        en "the server answered the password with neither yes nor no; most likely the password has expired and must be changed"
        ja "サーバーはパスワードに対して可とも否とも答えませんでした。パスワードの期限が切れ、変更が必要になっている可能性が高いです"
    password_expired_hint
        en "change it another way, for example on the server's console, then log in again"
        ja "サーバーのコンソールなど別の方法で変更してから、ログインし直してください"
    auth_cancelled
        en "authentication was cancelled"
        ja "認証を取り消しました"
    auth_nobody_to_ask(method)
        en "{method} needs an answer and nobody can be asked"
        ja "{method} には入力が必要ですが、尋ねる相手がいません"
    auth_nobody_to_ask_hint(instead)
        en "run on a terminal without BatchMode, or use {instead}"
        ja "BatchMode を使わずに端末で実行するか、{instead} を使ってください"
    challenge_prompts(prompts)
        en "{prompts} prompts at once"
        ja "一度に {prompts} 個の質問"
    challenge_rounds(limit)
        en "more than {limit} rounds of questions"
        ja "{limit} 回を超える質問"
    challenge_too_much(what)
        en "the server asked too much: {what}"
        ja "サーバーの質問が多すぎます: {what}"
    challenge_too_much_hint
        en "use another method"
        ja "別の認証方式を使ってください"
    identity_not_accessible(path, reason)
        en "Warning: Identity file {path} not accessible: {reason}."
        ja "警告: 鍵ファイル {path} を使えません: {reason}"
    identity_none
        en "no identity to log in with was found"
        ja "ログインに使える鍵が見つかりませんでした"
    identity_none_hint
        en "name a key file with -i, or make one with ssh-keygen"
        ja "-i で鍵ファイルを指定するか、ssh-keygen で作成してください"
    agent_needed(file)
        en "only an agent can sign with the public key {file}"
        ja "公開鍵 {file} で署名できるのはエージェントだけです"
    agent_without_key(key)
        en "the agent does not hold {key}"
        ja "エージェントは {key} を持っていません"
    agent_empty
        en "the agent holds no keys"
        ja "エージェントに鍵がありません"
    agent_unreadable(count)
        en "the agent has keys ({count}), but none of a kind that can be used here"
        ja "エージェントの鍵 ({count} 個) は、いずれもここでは使えない種類です"
    agent_unreadable_hint
        en "ssh-add -l lists them; add another one with ssh-add, or name a key file with -i"
        ja "ssh-add -l で一覧を確認できます。ssh-add で別の鍵を追加するか、-i で鍵ファイルを指定してください"
    agent_without_key_hint
        en "add the key with ssh-add"
        ja "ssh-add で鍵を追加してください"
    agent_none
        en "no agent is running: SSH_AUTH_SOCK is not set"
        ja "エージェントが動いていません: SSH_AUTH_SOCK が設定されていません"
    agent_none_hint
        en "start one with ssh-agent, or use another method"
        ja "ssh-agent を起動するか、別の認証方式を使ってください"
    certificate_of_host
        en "it is a host certificate"
        ja "ホスト証明書です"
    certificate_not_yet_valid
        en "it is not valid yet"
        ja "まだ有効期間に入っていません"
    certificate_expired
        en "it has expired"
        ja "有効期限が切れています"
    certificate_left_out(place, fault)
        en "{place}: {fault}; the key is offered without it"
        ja "{place}: {fault}。証明書なしで鍵を提示します"
    rsa_no_signature_algorithm
        en "no signature algorithm for this RSA key is allowed"
        ja "この RSA 鍵に使える署名アルゴリズムが許可されていません"
    rsa_no_signature_algorithm_hint
        en "PubkeyAcceptedAlgorithms must allow rsa-sha2-512 or rsa-sha2-256"
        ja "PubkeyAcceptedAlgorithms で rsa-sha2-512 か rsa-sha2-256 を許可してください"
    key_algorithm_not_accepted(path, name)
        en "{path} cannot be used: PubkeyAcceptedAlgorithms does not have {name}"
        ja "{path} は使えません。PubkeyAcceptedAlgorithms に {name} がありません"
    key_algorithm_not_accepted_hint(name)
        en "-o PubkeyAcceptedAlgorithms=+{name} allows it, or use another key"
        ja "-o PubkeyAcceptedAlgorithms=+{name} で使えるようになります。または別の鍵を使ってください"
    key_public_unknown(path)
        en "{path}: its public key is not known"
        ja "{path}: 公開鍵が分かりません"
    key_public_unknown_hint
        en "name the .pub file with -i"
        ja "-i で .pub ファイルを指定してください"
    password_handed_over
        en "the password that was handed over"
        ja "渡されたパスワード"
    password_handed_over_sources
        en "--password-fd N or SSH_ASKPASS"
        ja "--password-fd N か SSH_ASKPASS"
    askpass_failed(program, status)
        en "SSH_ASKPASS: {program} has failed ({status})"
        ja "SSH_ASKPASS: {program} が失敗しました ({status})"
    askpass_not_run(program, why)
        en "ssh_askpass: exec({program}): {why}"
        ja "SSH_ASKPASS のプログラム {program} を実行できません: {why}"
    auth_answer_before_request
        en "the server answered a login request before it was made"
        ja "サーバーがログインの要求より先に応答しました"
}
