# agent: keys that are added to the agent, and security keys

agent-add = 鍵 { $path }（{ $comment }）をエージェントに追加しますか? (yes/no){" "}
agent-not-added = 鍵 { $path } はエージェントに追加されませんでした: { $reason }
agent-does-not-take = エージェントが受け付けません
