"""Golden forward pass, gradients and ten losses of a tiny network of the same shape, by PyTorch.
Run: python make_network.py (needs torch, numpy)."""
import json
import struct
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
configuration = dict(
    name="tiny", windowFrames=67, melBands=6,
    convolutions=[dict(filters=5, width=4, pool=4), dict(filters=5, width=4, pool=2), dict(filters=7, width=4, pool=1)],
    denseUnits=[9, 9], dropout=0, outputs=4)


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        channels = configuration["melBands"]
        for i, layer in enumerate(configuration["convolutions"]):
            setattr(self, f"conv{i + 1}", nn.Conv1d(channels, layer["filters"], layer["width"]))
            channels = layer["filters"]
        channels *= 3
        for i, units in enumerate(configuration["denseUnits"] + [configuration["outputs"]]):
            setattr(self, f"dense{i + 1}", nn.Linear(channels, units))
            channels = units

    def forward(self, mel, mean, std):
        x = ((mel - mean) / std).transpose(1, 2)
        for i, layer in enumerate(configuration["convolutions"]):
            x = getattr(self, f"conv{i + 1}")(x)
            x = F.relu(F.max_pool1d(x, layer["pool"]) if layer["pool"] > 1 else x)
        x = torch.cat([x.mean(2), x.max(2).values, (x.square().mean(2) + 1e-12).sqrt()], 1)
        x = F.relu(self.dense1(x))
        x = F.relu(self.dense2(x))
        return self.dense3(x)


def write(path, tensors, metadata):
    header, body = {"__metadata__": metadata}, b""
    for name, tensor in sorted(tensors.items()):
        data = tensor.detach().contiguous().numpy().astype("<f4").tobytes()
        header[name] = dict(dtype="F32", shape=list(tensor.shape), data_offsets=[len(body), len(body) + len(data)])
        body += data
    text = json.dumps(header).encode()
    open(path, "wb").write(struct.pack("<Q", len(text)) + text + body)


network = Network()
mean, std = torch.randn(6), torch.rand(6) + 0.5
mel, target = torch.randn(3, 67, 6), torch.randn(3, 4)
write("tiny.safetensors", {**network.state_dict(), "input.mean": mean, "input.std": std},
      {"coldwave": "1", "configuration": json.dumps(configuration)})
np.save("mel.npy", mel.numpy())
np.save("target.npy", target.numpy())
output = network(mel, mean, std)
np.save("output.npy", output.detach().numpy())
(output - target).square().sum(1).mean().backward()
write("gradients.safetensors", {name: p.grad for name, p in network.named_parameters()}, {})
network.zero_grad()
start = {name: tensor.clone() for name, tensor in network.state_dict().items()}


def learn(optimizer, name):
    """Ten steps from the same start; what each loses goes to a file."""
    network.load_state_dict(start)
    losses = []
    for _ in range(10):
        optimizer.zero_grad()
        loss = (network(mel, mean, std) - target).square().sum(1).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    np.save(name, np.array(losses, np.float32))


learn(torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9, nesterov=True, weight_decay=1e-4), "losses.npy")
learn(torch.optim.AdamW(network.parameters(), lr=0.01, betas=(0.9, 0.99), weight_decay=0.1), "losses_adamw.npy")
